using MicroGpt.Data.Curriculum;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation;

/// <summary>Asks a model questions, the curriculum's held-out ones or others, and scores its replies. The calculator is there for it; other tools are only called.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer, with special tokens for conversations.</param>
/// <param name="options">How replies are generated; its tool is not used.</param>
/// <param name="samples">How many replies to each question: more than one only where they are drawn, at a temperature above 0.</param>
public sealed class SkillEvaluation(ILanguageModel model, ITokenizer tokenizer, ReplyOptions? options = null, int samples = 1)
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
        return new SkillScore(skill, Ask(examples, progress, cancellation).Replies, samples);
    }

    /// <summary>Asks any questions.</summary>
    /// <param name="examples">The questions.</param>
    /// <param name="progress">Is told how many replies are finished.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The examples are documents.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ReplyScore Ask(IReadOnlyList<Example> examples, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var asked = examples.SelectMany(example => Enumerable.Repeat(example, samples)).ToArray(); // each with random numbers of its own
        var replies = _generator.Reply(
            [.. asked.Select(example => new Conversation([new Message(Message.User, example.Prompt)]))], progress, cancellation: cancellation);
        return new ReplyScore(
            [.. asked.Zip(replies, (example, reply) => new ScoredReply(example, reply.Message, Scoring.IsRight(example, reply.Message)))], samples);
    }
}
