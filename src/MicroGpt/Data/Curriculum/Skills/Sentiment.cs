using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Whether someone is pleased. The words of praise and blame are the skill, and the same in the test; all that they are said of is held out.</summary>
internal sealed class Sentiment(double weight) : Skill("sentiment", "en", weight)
{
    private const string Subject = "[The {adj} {thing}|The {thing}|My {thing}|The {thing} from {town}|The {thing} that {hero} [gave me|sold me]|This {thing}]";
    private const string Meal = "[The plate of {food}|Eating {food} at the {place}|The lunch in {town}|The dinner at the {place}|The dinner with {hero}]";
    private const string Person = "[{hero}|The {job}|The {job} from {town}|The {job} at the {place}|{hero} the {job}]";
    private const string Visit = "[The {place}|The {place} in {town}|The visit to the {place}|The trip to {town}|The day at the {place} with {hero}]";

    private static readonly Template[] s_positive = All(
        Subject + " [is|was] [great|wonderful|very good|excellent|perfect|beautiful|lovely|better than I hoped|a real joy|not bad at all|worth the money][|. I would buy it again|. {friend} loved it too].",
        "I [love|like|really like|adore|am happy with|am very pleased with] [this|the|my|the {adj}] {thing}[|. I would buy it again|. {friend} loved it too].",
        Meal + " [was|is] [great|wonderful|very good|excellent|perfect|lovely|a real joy|not bad at all|worth the money].",
        Person + " [is|was] [very kind|friendly|helpful|polite|wonderful|a great help|very nice|patient|never rude].",
        Visit + " was [great|wonderful|beautiful|lovely|fun|exciting|a real joy|never boring].");

    private static readonly Template[] s_pleased = All(
        "We [laughed a lot|were very happy|had so much fun].", "I am [so glad|very happy|very pleased].", "Thank you so much!", "It made my day.", "Everybody smiled.", "{friend} smiled all day.");

    private static readonly Template[] s_negative = All(
        Subject + " [is|was] [bad|terrible|awful|very poor|broken|ugly|useless|worse than I feared|a real pain|not good at all|not worth the money][|. I would never buy it again|. I want my money back|. {friend} hated it too].",
        "I [hate|do not like|really dislike|can't stand|am unhappy with|am very angry about] [this|the|my|the {adj}] {thing}[|. I would never buy it again|. I want my money back].",
        Meal + " [was|is] [bad|terrible|awful|very poor|horrible|a real pain|not good at all|not worth the money].",
        Person + " [is|was] [very rude|unfriendly|unkind|mean|terrible|no help|very impolite|angry|never friendly].",
        Visit + " was [bad|terrible|ugly|awful|boring|horrible|a real pain|never fun].");

    private static readonly Template[] s_displeased = All(
        "We [cried|were very sad|went home early].", "I am [so angry|very unhappy|very disappointed].", "It spoiled my day.", "Everybody complained.", "{friend} cried all day.");

    private static readonly Template[] s_neutral = All(
        Subject + " [is|was] [on the table|in the other room|in the box|with {friend}|the same as last year].",
        "I [have|saw|carry|put away] [this|the|my|the {adj}] {thing}.", "The {food} [came|was served|arrived] at {time}.", Person + " [is|was] [at home|at work|in {town2}|here at {time}|on the bus].",
        Visit + " [starts|ends|is over] at {time}.", "{hero} went from the {place} to the {place2}.", "{hero} and {friend} live near the {place}.");

    private static readonly Template[] s_framed = All(
        "Is this positive, negative or neutral? {said}", "Positive, negative or neutral? {said}", "What is the feeling of this text: {said}", "Sentiment: {said}", "{said}\nIs that positive, negative or neutral?", "How does the writer feel? {said}");

    public override string Description => "whether a remark is positive, negative or neutral";

    public override string ScoredBy => "the reply is the word: Positive, Negative or Neutral";

    public override Example Next(Draw draw)
    {
        var scene = new Scene(draw, EnglishWords.Inventive) { ["time"] = Tools.Time(draw) };
        var (label, remarks, endings) = draw.Index(5) switch
        {
            0 or 1 => ("Positive", s_positive, s_pleased),
            2 or 3 => ("Negative", s_negative, s_displeased),
            _ => ("Neutral", s_neutral, s_neutral),
        };
        var said = scene.Say(remarks);
        if (draw.Chance(0.5))
        {
            var more = label == "Neutral" ? new Scene(draw, EnglishWords.Inventive) { ["time"] = Tools.Time(draw) } : scene;
            said += " " + more.Say(endings);
        }

        scene["said"] = said;
        return Example.OfAnswer(scene.Say(s_framed), label + ".");
    }
}
