namespace MicroGpt.Data.Curriculum;

/// <summary>One example of a skill: what the person says, the reference reply, and how a reply is scored.</summary>
/// <param name="Prompt">The person's words; empty for a document, whose text is the reply.</param>
/// <param name="Reply">The reference reply, which scores right.</param>
/// <param name="Rule">How a reply is scored.</param>
/// <param name="Accepted">What the rule accepts: sentences, numbers, a tool's name…</param>
public sealed record Example(string Prompt, Reply Reply, ScoringRule Rule, IReadOnlyList<string> Accepted)
{
    /// <summary>A document to learn from.</summary>
    internal static Example OfDocument(string text) => new("", Reply.OfText(text), ScoringRule.BitsPerByte, []);

    /// <summary>A question that one of several sentences answers; the first is the reference.</summary>
    internal static Example OfAnswer(string prompt, params IReadOnlyList<string> accepted) =>
        new(prompt, Reply.OfText(accepted[0]), ScoringRule.Exact, accepted);
}
