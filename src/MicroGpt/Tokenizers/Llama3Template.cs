namespace MicroGpt.Tokenizers;

/// <summary>
/// Llama 3's form: <c>&lt;|begin_of_text|&gt;</c>, then for every message <c>&lt;|start_header_id|&gt;role&lt;|end_header_id|&gt;\n\n…&lt;|eot_id|&gt;</c>,
/// the white space around the message's text removed. Learned are the assistant's text and the <c>&lt;|eot_id|&gt;</c> behind it.
/// </summary>
public sealed class Llama3Template : ChatTemplate
{
    private const string Bos = "<|begin_of_text|>";
    private const string HeaderStart = "<|start_header_id|>";
    private const string HeaderEnd = "<|end_header_id|>";
    private const string End = "<|eot_id|>";

    /// <inheritdoc/>
    public override string Name => "Llama 3";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SpecialTokens { get; } = [Bos, HeaderStart, HeaderEnd, End];

    /// <inheritdoc/>
    public override string EndOfTurn => End;

    /// <inheritdoc/>
    public override string Jinja => ChatTemplateJinja.Llama3;

    private protected override void Write(Conversation conversation, ChatEncoder output)
    {
        output.Special(Bos);
        foreach (var message in conversation.Messages)
        {
            if (message.Role == Message.Tool || message.Parts.Any(part => part is not TextPart))
                throw NoFormFor("tools");
            var learned = message.Role == Message.Assistant;
            WriteHeader(output, message.Role);
            output.Text(message.Text.Trim(), learned);
            output.Special(End, learned);
        }
    }

    private protected override void OpenAnswer(Conversation conversation, ChatEncoder output) => WriteHeader(output, Message.Assistant);

    private static void WriteHeader(ChatEncoder output, string role)
    {
        output.Special(HeaderStart);
        output.Text(role);
        output.Special(HeaderEnd);
        output.Text("\n\n");
    }
}
