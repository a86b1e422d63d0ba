namespace MicroGpt.Tokenizers;

/// <summary>
/// A conversation in the order that models are trained on: perhaps a system message, then user and assistant in turn, with a
/// tool's output behind the assistant's message that called it.
/// </summary>
public sealed class Conversation
{
    /// <summary>A conversation of some messages.</summary>
    /// <exception cref="ArgumentException">They do not follow each other as they should; the message says which and how.</exception>
    public Conversation(IReadOnlyList<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (Problem(messages) is { } problem)
            throw new ArgumentException(problem);
        Messages = [.. messages];
    }

    /// <summary>The messages, at least one of them the user's.</summary>
    public IReadOnlyList<Message> Messages { get; }

    private static string? Problem(IReadOnlyList<Message> messages)
    {
        if (messages.Count == 0)
            return "The conversation is empty; it needs at least one message.";
        if (messages.Count == 1 && messages[0].Role == Message.System)
            return "The conversation is nothing but a system message; the user must speak too.";
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            var before = i > 0 ? messages[i - 1] : null;
            var problem = message.Role switch
            {
                Message.System when i > 0 && messages[0].Role == Message.System =>
                    $"The conversation has two system messages (1 and {i + 1}); join them into one.",
                Message.System when i > 0 => $"Message {i + 1} is a system message; only the first can be one.",
                Message.Assistant when before is null or { Role: Message.System } =>
                    $"The assistant speaks first (message {i + 1}); a conversation begins with the user.",
                Message.Tool when before is not ({ Role: Message.Tool } or { AwaitsOutput: true }) =>
                    $"Message {i + 1} is a tool's output, but no tool was called just before it.",
                Message.User or Message.Assistant when before?.Role == message.Role =>
                    $"Messages {i} and {i + 1} are both the {message.Role}'s; join them into one.",
                _ => null,
            };
            if (problem is not null)
                return problem;
        }

        return null;
    }
}
