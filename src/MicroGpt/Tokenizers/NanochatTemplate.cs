namespace MicroGpt.Tokenizers;

/// <summary>
/// nanochat's form (karpathy/nanochat, <c>nanochat/tokenizer.py</c>): <c>&lt;|bos|&gt;</c>, then user and assistant in turn, each between a token
/// of its own at either end. A system text is put before the user's first; Python that the assistant computes and its output stand
/// within the answer.
/// </summary>
/// <remarks>Learned are the assistant's text, the blocks of Python and the end of the turn; not the outputs.</remarks>
public sealed class NanochatTemplate : ChatTemplate
{
    private const string Bos = "<|bos|>";
    private const string UserStart = "<|user_start|>";
    private const string UserEnd = "<|user_end|>";
    private const string AssistantStart = "<|assistant_start|>";
    private const string AssistantEnd = "<|assistant_end|>";
    private const string PythonStart = "<|python_start|>";
    private const string PythonEnd = "<|python_end|>";
    private const string OutputStart = "<|output_start|>";
    private const string OutputEnd = "<|output_end|>";

    /// <inheritdoc/>
    public override string Name => "nanochat";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SpecialTokens { get; } =
        [Bos, UserStart, UserEnd, AssistantStart, AssistantEnd, PythonStart, PythonEnd, OutputStart, OutputEnd];

    /// <inheritdoc/>
    public override string EndOfTurn => AssistantEnd;

    /// <inheritdoc/>
    public override ToolMarks? Tools { get; } = new(PythonStart, PythonEnd, OutputStart, OutputEnd);

    /// <inheritdoc/>
    public override string Jinja => ChatTemplateJinja.Nanochat;

    private protected override void Write(Conversation conversation, ChatEncoder output)
    {
        output.Special(Bos);
        var system = "";
        var answers = false; // an answer goes on behind a tool's message
        foreach (var message in conversation.Messages)
        {
            if (message.Role == Message.System)
                system = message.Text + "\n\n";
            if (message.Role == Message.User)
            {
                CloseAnswer();
                output.Special(UserStart);
                output.Text(system + message.Text);
                output.Special(UserEnd);
                system = "";
            }

            if (message.Role is Message.Assistant && !answers)
                output.Special(AssistantStart);
            if (message.Role is Message.Assistant or Message.Tool)
            {
                answers = true;
                WriteAnswer(output, message);
            }
        }

        if (conversation.Messages[^1].Role != Message.Tool) // an answer that waits for its rest stays open
            CloseAnswer();

        void CloseAnswer()
        {
            if (answers)
                output.Special(AssistantEnd, learned: true);
            answers = false;
        }
    }

    private protected override void OpenAnswer(Conversation conversation, ChatEncoder output)
    {
        if (conversation.Messages[^1].Role == Message.User)
            output.Special(AssistantStart);
    }

    private void WriteAnswer(ChatEncoder output, Message message)
    {
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case OutputPart result:
                    WriteBlock(output, OutputStart, result.Text, OutputEnd, learned: false);
                    break;
                case TextPart result when message.Role == Message.Tool:
                    WriteBlock(output, OutputStart, result.Text, OutputEnd, learned: false);
                    break;
                case PythonPart python:
                    WriteBlock(output, PythonStart, python.Code, PythonEnd, learned: true);
                    break;
                case TextPart said:
                    output.Text(said.Text, learned: true);
                    break;
                default:
                    throw NoFormFor("the call of a named tool; its only tool is a block of Python");
            }
        }
    }

    private static void WriteBlock(ChatEncoder output, string start, string text, string end, bool learned)
    {
        output.Special(start, learned);
        output.Text(text, learned);
        output.Special(end, learned);
    }
}
