using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>Says how good replies are.</summary>
public interface IReward
{
    /// <summary>A number for each reply: the larger, the better. Only differences between replies to one prompt matter.</summary>
    /// <exception cref="IOException">They can't be judged; the message says why and what to do.</exception>
    IReadOnlyList<double> Score(IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies);
}

/// <summary>1 for what is right by the rule of its prompt, else 0.</summary>
public sealed class RuleReward : IReward
{
    /// <inheritdoc/>
    public IReadOnlyList<double> Score(IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies) =>
        [.. replies.Select(reply => Scoring.IsRight(reply.Prompt.Example!, reply.Reply) ? 1.0 : 0.0)];
}
