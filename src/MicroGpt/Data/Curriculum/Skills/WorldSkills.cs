using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Documents that tell of the invented world.</summary>
internal sealed class WorldTexts(double weight, WorldFacts facts, string name, string language) : Skill(name, language, weight)
{
    public override bool IsText => true;

    public override bool HasTest => false; // the world is one: what is held out are questions about it

    public override string Description => "what is so in a small invented world";

    public override string ScoredBy => "bits per byte";

    public override Example Next(Draw draw) => Example.OfDocument(facts.Tell(draw));
}

/// <summary>Questions about the invented world, from memory.</summary>
internal sealed class WorldQuestions(double weight, WorldFacts facts, string name, string language) : Skill(name, language, weight)
{
    public override string Description => "questions about the invented world, from memory";

    public override string ScoredBy => "the reply is the expected sentence or its short form; the facts asked for in the test are told in the documents and never asked for in training";

    public override double GoesOn => 0.4;

    public override Example Next(Draw draw) => facts.Ask(draw);
}

/// <summary>The invented world in English.</summary>
internal static class EnglishWorld
{
    public static WorldFacts Facts(World world) => new(
        world,
        EnglishWords.Lexicon,
        new(word => word.English, "he", "she", " "),
        [
            new(All("{subject} lives in {value}.", "{subject} has a house in {value}.", "{value} is the home of {name}."),
                All("Where does {name} live?", "In which place does {name} live?", "Where is the home of {name}?", "Do you know where {name} lives?", "Tell me where {name} lives."),
                "{name} lives in {value}.", "In {value}."),
            new(All("{subject} is {a value}.", "{subject} works as {a value}.", "{name} earns a living as {a value}."),
                All("What is {name}'s job?", "What does {name} work as?", "What does {name} do for a living?", "Which job does {name} have?", "Tell me the job of {name}."),
                "{name} is {a value}.", "{^a value}."),
            new(All("{subject} has {a value}.", "{subject} keeps {a value} as a pet.", "The pet of {name} is {a value}."),
                All("Which pet does {name} have?", "What animal does {name} have?", "What is {name}'s pet?", "Does {name} have a pet?", "Tell me about the pet of {name}."),
                "{name} has {a value}.", "{^a value}."),
            new(All("{subject} likes {value} best of all.", "{subject} loves to eat {value}.", "Nothing tastes better to {name} than {value}."),
                All("What does {name} like to eat?", "What is {name}'s favorite food?", "Which food does {name} like best?", "What food does {name} love?", "Tell me the favorite food of {name}."),
                "{name} likes {value}.", "{^value}."),
            new(All("{subject} is a friend of {value}.", "{value} and {name} are friends.", "The best friend of {name} is {value}."),
                All("Who is {name}'s friend?", "Who is a friend of {name}?", "Who is the best friend of {name}?", "What is the name of {name}'s friend?", "Tell me the friend of {name}."),
                "{name}'s friend is {value}.", "{value}."),
        ],
        [
            new(All("{name} is {a value}.", "{name} is {a value} with old houses."),
                All("What is {name}?", "What kind of place is {name}?", "Is {name} a town, a city, a village or an island?", "Tell me what {name} is."),
                "{name} is {a value}.", "{^a value}."),
            new(All("{name} is known for its {value}.", "People come to {name} to see the {value}."),
                All("What is {name} known for?", "What can one see in {name}?", "Why do people come to {name}?", "Tell me what {name} is known for."),
                "{name} is known for its {value}.", "The {value}."),
            new(All("{name} lies next to {value}.", "The way from {name} to {value} is short."),
                All("What lies next to {name}?", "Which place is next to {name}?", "What is the neighbor of {name}?", "Tell me which place is next to {name}."),
                "{name} lies next to {value}.", "{value}."),
        ]);
}
