using MicroGpt.Data.Curriculum;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation;

/// <summary>Asks a model the curriculum's held-out questions and scores its replies. The calculator is there for it; other tools are only called.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer, with special tokens for conversations.</param>
/// <param name="options">How replies are generated; its tool is not used.</param>
public sealed class SkillEvaluation(Gpt model, ITokenizer tokenizer, ReplyOptions? options = null)
{
    private readonly ChatGenerator _generator =
        new(model, tokenizer, template: null, (options ?? new ReplyOptions()) with { Tool = Calculator.Evaluate });

    /// <summary>Asks the questions of a skill.</summary>
    /// <param name="skill">A skill learned from conversations.</param>
    /// <param name="examples">Its held-out examples, as <see cref="HeldOutExamples.Read"/> gives them.</param>
    /// <param name="progress">Is told how many are answered.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The examples are documents.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public SkillScore Score(
        ISkill skill, IReadOnlyList<Example> examples, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(skill);
        ArgumentNullException.ThrowIfNull(examples);
        var replies = _generator.Reply(
            [.. examples.Select(example => new Conversation([new Message(Message.User, example.Prompt)]))], progress, cancellation);
        return new SkillScore(skill, [.. examples.Zip(replies, (example, generated) => Scored(skill, example, ReplyOf(generated.Message)))]);
    }

    private static ScoredReply Scored(ISkill skill, Example example, Reply reply) => new(example, reply, skill.IsRight(example, reply));

    private static Reply ReplyOf(Message message) => new([.. message.Parts.Select(part => part switch
    {
        PythonPart call => new ReplyPart(ReplyPartKind.Call, call.Code),
        OutputPart output => new ReplyPart(ReplyPartKind.Output, output.Text),
        TextPart text => new ReplyPart(ReplyPartKind.Text, text.Text),
        _ => throw new NotSupportedException($"A reply holds {part}, which no curriculum teaches."),
    })]);
}
