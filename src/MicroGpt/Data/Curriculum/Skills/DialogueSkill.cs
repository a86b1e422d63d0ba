using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Something people ask or say in many ways, and what is answered.</summary>
/// <param name="Training">Phrasings to learn from.</param>
/// <param name="HeldOut">Other phrasings, made of words that the first have too.</param>
/// <param name="Answers">What is accepted; the first is what is taught.</param>
internal sealed record Topic(Template[] Training, Template[] HeldOut, params IReadOnlyList<string> Answers);

/// <summary>A skill of short exchanges with a fixed answer a topic: what is held out are phrasings.</summary>
internal abstract class DialogueSkill(string name, string language, double weight, Lexicon lexicon, Template framed, IReadOnlyList<Topic> topics)
    : Skill(name, language, weight)
{
    public override string ScoredBy => "the reply is one of the accepted sentences (case and the final full stop do not count)";

    public override double GoesOn => 0.4;

    /// <summary>What can be asked.</summary>
    public IReadOnlyList<Topic> Topics => topics;

    public override Example Next(Draw draw)
    {
        var topic = draw.Pick(topics);
        var scene = new Scene(draw, lexicon);
        scene["said"] = scene.Say(draw.Part == CurriculumPart.Test ? topic.HeldOut : topic.Training);
        return Example.OfAnswer(scene.Say(framed), topic.Answers);
    }
}
