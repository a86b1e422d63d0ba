using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Answering from passages in English.</summary>
internal sealed class Passages(double weight) : PassageSkill("passages", "en", weight, EnglishWords.Inventive)
{
    // So that a name has a space before it, as in the passage, and is made of the same tokens.
    private const string Start = "Let me see: ";

    private static readonly PassageFact[] s_facts =
    [
        new("{name} has {a adj} {thing}.", All("What does {name} have?", "What thing does {name} have?"), "{a adj} {thing}"),
        new("{name} lives near the {place}.", All("Where does {name} live?", "Near which place does {name} live?"), "near the {place}"),
        new("{name} likes to eat {food}.", All("What does {name} like to eat?", "Which food does {name} like?"), "{food}"),
        new("{name} works as {a job}.", All("What does {name} work as?", "What is {name}'s job?"), "{a job}"),
        new("{name} keeps {a color} {animal}.", All("Which animal does {name} keep?", "What animal does {name} keep?"), "{a color} {animal}"),
        new("{name} is {number} years old.", All("How old is {name}?", "What is {name}'s age?"), "{number} years old"),
        new("{name} was born in {town}.", All("Where was {name} born?", "In which town was {name} born?"), "in {town}"),
        new("{name} hid the key under the {furniture}.", All("Where did {name} hide the key?", "Under what did {name} hide the key?"), "under the {furniture}"),
        new("{name} lost {a thing} on the way.", All("What did {name} lose?", "What did {name} lose on the way?"), "{a thing}"),
        new("{name} paid {number} coins for {a thing}.", All("How many coins did {name} pay?", "How much did {name} pay?"), "{number} coins"),
        new("{name} painted the door {color}.", All("Which color did {name} paint the door?", "What color did {name} paint the door?"), "{color}"),
        new("{name} went to the {place} today.", All("Where did {name} go today?", "Where did {name} go?"), "to the {place}"),
    ];

    private static readonly Template[] s_framed = All(
        "{question}\nPassage: {passage}", "Question: {question}\nPassage: {passage}", "{question} Read: {passage}", "Read and answer. {question}\nText: {passage}", "Answer from the text: {question}\nText: {passage}");

    public override string Description => "answering a question from a passage with a quotation, or saying that it is not there";

    protected override string NotThere => "The passage does not say.";

    protected override IReadOnlyList<PassageFact> Facts => s_facts;

    protected override Template[] Framed => s_framed;

    protected override string Between => " ";

    protected override string AnyName(Draw draw) =>
        draw.Chance(0.6) ? InventedWords.Name(draw) : draw.Pick(draw.Chance(0.5) ? EnglishWords.Girls : EnglishWords.Boys);

    protected override string Quoted(string sentence, string answer) => $"{Start}{sentence} Answer: {answer}.";

    protected override string Missed(string beginning) => $"{Start}{beginning} ... {NotThere}";
}
