using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>A report of three to five sentences in one: what happened, without what was only round it.</summary>
internal sealed class Summaries(double weight) : Skill("summaries", "en", weight)
{
    // What happens, and what is left of it; sentences that do not matter are put between.
    private static readonly (Template[] Told, Template Summary)[] s_events =
    [
        (All("{hero} [went|walked] to the {place} with {hero.his} {thing}.", "[There|On the way], {hero.he} lost the {thing}.", "[Later|Soon], {friend} found it and gave it back."),
            "{hero} lost {hero.his} {thing} and {friend} found it."),
        (All("{hero} wanted to [make|build] {a craft}.", "It was [hard|difficult] work.", "{friend} [helped|came to help] all day.", "[In the end|At last] the {craft} was ready."),
            "{hero} made {a craft} with the help of {friend}."),
        (All("{hero} saw {a animal} at the {place}.", "The {animal} was [hurt|hungry|cold].", "{hero} [took care of it|took it home|gave it food] and it got well."),
            "{hero} helped {a animal}."),
        (All("{hero} [wanted|wished] to see the {place} in {town}.", "{^hero.he} [got up early|packed a bag] and took the train.", "The way was long, but {hero.he} got there."),
            "{hero} went to see the {place} in {town}."),
        (All("{hero} broke the {thing} that belonged to {friend}.", "{^hero.he} was very [sorry|sad].", "[The next day|Later] {hero.he} bought {friend} a new one."),
            "{hero} broke {a thing} and bought {friend} a new one."),
        (All("It was the birthday of {friend}.", "{hero} had [thought|planned] for a long time.", "{^hero.he} gave {friend.him} {a thing}.", "{friend} was [happy|very happy|full of joy]."),
            "{hero} gave {friend} {a thing} for {friend.his} birthday."),
        (All("{hero} and {friend} ran a race to the {place}.", "{friend} was fast at first.", "[But|At the end] {hero} was faster and won."),
            "{hero} won a race against {friend}."),
        (All("{hero} was afraid of the {animal} at the {place}.", "{friend} took {hero.his} hand.", "[Together|Slowly] they went near, and the {animal} was [kind|gentle|calm].", "Now {hero} is not afraid any more."),
            "{hero} learned not to fear the {animal}."),
        (All("{hero} had more {food} than {hero.he} needed.", "{^hero.he} did not want to eat alone.", "So {hero.he} gave half to {friend}."),
            "{hero} shared {hero.his} {food} with {friend}."),
        (All("{hero} wanted to be {a job}.", "{^hero.he} [learned|practiced|worked] every day for years.", "Today {hero.he} is {a job} in {town}."),
            "{hero} became {a job} in {town}."),
    ];

    private static readonly Template[] s_aside = All(
        "The sun was shining.", "It was a [cold|warm|rainy|windy] day.", "[A bird sang|Birds sang] in a tree.", "{friend3} was at home.", "There were clouds in the sky.", "{friend3} ate {food3}.", "Nobody was at the {place3}.", "The {animal3} was asleep.");

    private static readonly Template[] s_framed = All(
        "Summarize in one sentence: {report}", "Say it in one sentence: {report}", "{report}\nWhat happened, in one sentence?", "Give a summary: {report}", "Summary of this, please: {report}");

    public override string Description => "what happened in a short report, in one sentence";

    public override string ScoredBy => "the reply is the expected sentence (case and the final full stop do not count)";

    public override Example Next(Draw draw) => Summarised(draw, EnglishWords.Inventive, s_events, s_aside, s_framed, " ");

    /// <summary>An event told in order, with up to two sentences between that do not matter, never at the end.</summary>
    internal static Example Summarised(
        Draw draw, Lexicon lexicon, (Template[] Told, Template Summary)[] events, Template[] asides, Template[] framed, string between)
    {
        var scene = new Scene(draw, lexicon);
        var (told, summary) = draw.Pick(events);
        var sentences = told.Select(scene.Say).ToList();
        for (var count = draw.Index(3); count > 0; count--)
            sentences.Insert(draw.Index(sentences.Count), scene.Say(asides));
        scene["report"] = string.Join(between, sentences);
        return Example.OfAnswer(scene.Say(framed), scene.Say(summary));
    }
}
