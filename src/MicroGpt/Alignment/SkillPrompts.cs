using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>Questions of the curriculum's skills, drawn anew without end; none of them is of the part that is held out.</summary>
internal sealed class SkillPrompts : IPromptSource
{
    private readonly ExampleStream[] _train;

    /// <param name="skills">The skills' names; they take turns.</param>
    /// <param name="seed">Another seed asks other questions.</param>
    /// <param name="validation">How many questions there are to be judged by.</param>
    /// <exception cref="ArgumentException">There is no such skill, or it is learned from texts.</exception>
    public SkillPrompts(IReadOnlyList<string> skills, ulong seed, int validation)
    {
        foreach (var skill in skills.Select(CurriculumSkills.Named))
            if (skill.IsText)
                throw new ArgumentException($"The skill {skill.Name} is learned from texts; there are no replies to reward.");
        Place = string.Join(',', skills);
        Fingerprint = $"skills:{Place}";
        _train = Streams(CurriculumPart.Train);
        var judged = Streams(CurriculumPart.Validation);
        Validation = [.. Enumerable.Range(0, validation).Select(number => At(judged, number))];

        ExampleStream[] Streams(CurriculumPart part) =>
            [.. skills.Select(name => new ExampleStream((Skill)CurriculumSkills.Named(name), [], part, seed))];
    }

    public string Place { get; }

    public string Fingerprint { get; }

    public string InWords => $"questions of {Place.Replace(",", ", ", StringComparison.Ordinal)} without end, {Validation.Count:N0} others to be judged by";

    public IReadOnlyList<RolloutPrompt> Validation { get; }

    public RolloutPrompt this[long number] => At(_train, number);

    private static RolloutPrompt At(ExampleStream[] streams, long number)
    {
        var example = streams[number % streams.Length].Single(number / streams.Length);
        return new RolloutPrompt(new Conversation([new Message(Message.User, example.Prompt)]), example.Reply, example);
    }
}
