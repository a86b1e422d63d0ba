using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>What a model is asked, and what is known of the right reply.</summary>
/// <param name="Conversation">A conversation in which the user or a tool has spoken last.</param>
/// <param name="Expected">The right reply, or null where only a program knows it.</param>
/// <param name="Example">How a reply is scored, or null where only a program can.</param>
public sealed record RolloutPrompt(Conversation Conversation, Message? Expected, Example? Example);

/// <summary>Prompts by number, over all rounds, so that a run that is resumed goes on with the next.</summary>
internal interface IPromptSource
{
    /// <summary>Where they are from, for a run that is resumed.</summary>
    string Place { get; }

    /// <summary>By which a resumed run knows that it still has the same.</summary>
    string Fingerprint { get; }

    /// <summary>What they are, in words.</summary>
    string InWords { get; }

    /// <summary>Others, to be judged by.</summary>
    IReadOnlyList<RolloutPrompt> Validation { get; }

    /// <summary>The n-th prompt to learn from.</summary>
    RolloutPrompt this[long number] { get; }
}
