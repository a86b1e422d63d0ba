using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Curriculum;

/// <summary>One example of a skill: what the person says, the reference reply, and how a reply is scored.</summary>
/// <param name="Prompt">The person's words; empty for a document, whose text is the reply.</param>
/// <param name="Reply">The assistant's reference reply, which scores right.</param>
/// <param name="Rule">How a reply is scored.</param>
/// <param name="Accepted">What the rule accepts: sentences, numbers, a tool's name…</param>
public sealed record Example(string Prompt, Message Reply, ScoringRule Rule, IReadOnlyList<string> Accepted)
{
    /// <summary>A document to learn from.</summary>
    internal static Example OfDocument(string text) => new("", Say(text), ScoringRule.BitsPerByte, []);

    /// <summary>A question that one of several sentences answers; the first is the reference.</summary>
    internal static Example OfAnswer(string prompt, params IReadOnlyList<string> accepted) =>
        new(prompt, Say(accepted[0]), ScoringRule.Exact, accepted);

    /// <summary>A reply of words only.</summary>
    internal static Message Say(string text) => new(Message.Assistant, text);

    /// <summary>A reply that calls one tool and then speaks.</summary>
    internal static Message Call(string call, string output, string text) =>
        new(Message.Assistant, [new PythonPart(call), new OutputPart(output), new TextPart(text)]);
}
