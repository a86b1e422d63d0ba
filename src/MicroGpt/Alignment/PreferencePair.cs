using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>Two replies to the same conversation, of which one is preferred.</summary>
/// <param name="Prompt">The conversation, in which the user or a tool has spoken last.</param>
/// <param name="Chosen">The better reply: messages of the assistant, and of tools between them.</param>
/// <param name="Rejected">The worse one.</param>
public sealed record PreferencePair(Conversation Prompt, IReadOnlyList<Message> Chosen, IReadOnlyList<Message> Rejected)
{
    /// <summary>The tokens of the conversation with one of the replies, of which only the reply's count.</summary>
    /// <exception cref="ArgumentException">They can't be expressed by the template.</exception>
    internal static ChatTokens Encode(Conversation prompt, IReadOnlyList<Message> reply, ChatTemplate template, ITokenizer tokenizer)
    {
        var whole = template.Encode(new Conversation([.. prompt.Messages, .. reply]), tokenizer);
        var read = template.EncodePrompt(prompt, tokenizer).Length;
        return whole with { LossMask = [.. whole.LossMask.Select((learned, i) => learned && i >= read)] };
    }
}
