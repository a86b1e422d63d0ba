namespace MicroGpt.Tokenizers;

/// <summary>
/// ChatML: <c>&lt;|im_start|&gt;role\n…&lt;|im_end|&gt;\n</c> for every message, as in the 50M MicroGPT (Zhenghong-Liu/MicroGPT) and Qwen 2.5.
/// The assistant calls tools in <c>&lt;tool_call&gt;</c> elements, and the tools answer in <c>&lt;tool_response&gt;</c> elements of a user's turn.
/// </summary>
/// <remarks>
/// Learned are the assistant's text and the <c>&lt;|im_end|&gt;</c> behind it. The line break behind the role is encoded apart from what
/// the assistant says, since generation starts between the two; only an answer that begins with white space can get other ids than if
/// the rendered text were encoded as a whole.
/// </remarks>
/// <param name="defaultSystem">The system text of a conversation that has none, or null to do without.</param>
/// <param name="hasTools">Whether the model knows the form of tools.</param>
public sealed class ChatMlTemplate(string? defaultSystem = null, bool hasTools = true) : ChatTemplate
{
    private const string Start = "<|im_start|>";
    private const string End = "<|im_end|>";

    /// <inheritdoc/>
    public override string Name => "ChatML";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SpecialTokens { get; } = [Start, End];

    /// <inheritdoc/>
    public override string EndOfTurn => End;

    /// <summary>The system text of a conversation that has none, or null.</summary>
    public string? DefaultSystem => defaultSystem;

    /// <summary>Whether the model knows the form of tools.</summary>
    public bool HasTools => hasTools;

    /// <inheritdoc/>
    public override string Jinja => ChatTemplateJinja.ChatMl(defaultSystem, hasTools);

    private protected override void Write(Conversation conversation, ChatEncoder output)
    {
        Message? before = null;
        if (conversation.Messages[0].Role != Message.System && defaultSystem is not null)
            WriteText(output, Message.System, defaultSystem);
        foreach (var message in conversation.Messages.SelectMany(AsMessages))
        {
            if (before?.Role == Message.Tool && message.Role != Message.Tool)
                EndTurn(output); // several outputs share a turn
            if (message.Role == Message.Tool)
                WriteOutput(output, message.Text, opens: before?.Role != Message.Tool);
            else if (message.Role == Message.Assistant)
                WriteAnswer(output, message);
            else
                WriteText(output, message.Role, message.Text);
            before = message;
        }

        if (before?.Role == Message.Tool)
            EndTurn(output);
    }

    private protected override void OpenAnswer(Conversation conversation, ChatEncoder output)
    {
        output.Special(Start);
        output.Text(Message.Assistant + "\n");
    }

    /// <summary>An answer with outputs in its midst, as nanochat has them, becomes answers and tools' messages in turn.</summary>
    private static IEnumerable<Message> AsMessages(Message message)
    {
        var parts = new List<MessagePart>();
        foreach (var part in message.Parts)
        {
            if (part is OutputPart output)
            {
                yield return new Message(message.Role, parts);
                yield return new Message(Message.Tool, output.Text);
                parts = [];
            }
            else
            {
                parts.Add(part);
            }
        }

        if (parts.Count > 0 || message.Parts.Count == 0)
            yield return new Message(message.Role, parts);
    }

    private static void WriteText(ChatEncoder output, string role, string text)
    {
        output.Special(Start);
        output.Text($"{role}\n{text}");
        EndTurn(output);
    }

    private void WriteAnswer(ChatEncoder output, Message message)
    {
        output.Special(Start);
        output.Text(Message.Assistant + "\n");
        for (var i = 0; i < message.Parts.Count; i++)
        {
            if (i > 0)
                output.Text("\n", learned: true);
            output.Text(
                message.Parts[i] switch
                {
                    TextPart said => said.Text,
                    PythonPart python => Call("python", $"{{\"code\": {PythonJson.Write(python.Code)}}}"),
                    ToolCallPart call => Call(call.Name, call.Arguments),
                    _ => throw new InvalidOperationException("Outputs have become messages of their own."),
                },
                learned: true);
        }

        output.Special(End, learned: true);
        output.Text("\n");
    }

    private void WriteOutput(ChatEncoder output, string text, bool opens)
    {
        CheckTools();
        if (opens)
        {
            output.Special(Start);
            output.Text(Message.User);
        }

        output.Text($"\n<tool_response>\n{text}\n</tool_response>");
    }

    private static void EndTurn(ChatEncoder output)
    {
        output.Special(End);
        output.Text("\n");
    }

    private string Call(string name, string arguments)
    {
        CheckTools();
        return $"<tool_call>\n{{\"name\": \"{name}\", \"arguments\": {arguments}}}\n</tool_call>";
    }

    private void CheckTools()
    {
        if (!hasTools)
            throw NoFormFor("tools in this model's template");
    }
}
