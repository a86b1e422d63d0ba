namespace MicroGpt.Tokenizers;

/// <summary>What one side says in a conversation.</summary>
public sealed class Message
{
    /// <summary>The role that sets the scene, at most once and first.</summary>
    public const string System = "system";

    /// <summary>The role of the person.</summary>
    public const string User = "user";

    /// <summary>The role of the model.</summary>
    public const string Assistant = "assistant";

    /// <summary>The role of a tool that the assistant called; its message is the tool's output.</summary>
    public const string Tool = "tool";

    /// <summary>A message of text.</summary>
    /// <param name="role"><see cref="System"/>, <see cref="User"/>, <see cref="Assistant"/> or <see cref="Tool"/>.</param>
    /// <param name="content">The text, which may be empty.</param>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    public Message(string role, string content)
        : this(role, [new TextPart(content)])
    {
    }

    /// <summary>A message of several parts.</summary>
    /// <param name="role">Whose it is; only the assistant's may have other parts than text.</param>
    /// <param name="parts">The parts in order. Neighbouring texts are joined, empty ones left out.</param>
    /// <exception cref="ArgumentException">There is no such role, or the parts can't follow each other like that.</exception>
    public Message(string role, IReadOnlyList<MessagePart> parts)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(parts);
        if (role is not (System or User or Assistant or Tool))
            throw new ArgumentException($"There is no role \"{role}\"; the roles are system, user, assistant and tool.");
        Role = role;
        Parts = Join(parts);
        if (role != Assistant && Parts.Any(part => part is not TextPart))
            throw new ArgumentException($"A message of the {role} can hold text only; tools are called by the assistant.");
        for (var i = 1; i < Parts.Count; i++)
            if (Parts[i - 1] is ToolCallPart && Parts[i] is not ToolCallPart)
                throw new ArgumentException("A call of a tool ends the assistant's message; nothing but further calls can follow it.");
        for (var i = 0; i < Parts.Count; i++)
            if (Parts[i] is OutputPart && (i == 0 || Parts[i - 1] is not PythonPart))
                throw new ArgumentException("An output in the assistant's message must follow the block of Python that it is of.");
    }

    /// <summary>Whose message it is.</summary>
    public string Role { get; }

    /// <summary>The parts: no two texts beside each other, none of them empty.</summary>
    public IReadOnlyList<MessagePart> Parts { get; }

    /// <summary>The message's text alone.</summary>
    public string Text => string.Concat(Parts.OfType<TextPart>().Select(part => part.Text));

    /// <summary>Whether it ends in the call of a tool, so that the tool has the next word.</summary>
    internal bool AwaitsOutput => Parts.Count > 0 && Parts[^1] is ToolCallPart or PythonPart;

    private static List<MessagePart> Join(IReadOnlyList<MessagePart> parts)
    {
        var joined = new List<MessagePart>(parts.Count);
        foreach (var part in parts)
        {
            if (part is TextPart { Text: "" })
                continue;
            if (part is TextPart next && joined.Count > 0 && joined[^1] is TextPart before)
                joined[^1] = new TextPart(before.Text + next.Text);
            else
                joined.Add(part);
        }

        return joined;
    }
}
