using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Documents;

/// <summary>One text to learn from: a file, a line, a paragraph, a cell of a table, or a conversation.</summary>
public sealed class Document
{
    /// <summary>Makes a document.</summary>
    /// <param name="utf8">Its text, valid UTF-8. The document keeps this memory; it is not copied.</param>
    /// <param name="source">The file that it came from, for messages.</param>
    /// <param name="number">The line, or the row of a table, that it starts on, from 1.</param>
    public Document(ReadOnlyMemory<byte> utf8, string source, long number)
    {
        ArgumentNullException.ThrowIfNull(source);
        Utf8 = utf8;
        Source = source;
        Number = number;
    }

    /// <summary>Makes a document of a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="source">The file that it came from, for messages.</param>
    /// <param name="number">The line that it starts on, from 1.</param>
    public Document(Conversation conversation, string source, long number)
        : this(TextOf(conversation), source, number) => Conversation = conversation;

    /// <summary>The conversation that it is; none where it is a text.</summary>
    public Conversation? Conversation { get; }

    /// <summary>
    /// The text in UTF-8, memory of this document's own, so that it may be kept and handed to another thread. Of a conversation,
    /// all that is said in it, one under the other: what a tokenizer learns from.
    /// </summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The file that it came from, or the name of embedded data.</summary>
    public string Source { get; }

    /// <summary>The line, or the row of a table, that it starts on, from 1.</summary>
    public long Number { get; }

    /// <summary>The text as a string, made anew at every call.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8.Span);

    private static byte[] TextOf(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return Encoding.UTF8.GetBytes(string.Join('\n', conversation.Messages.SelectMany(message => message.Parts).Select(TextOf)));
    }

    private static string TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        PythonPart python => python.Code,
        OutputPart output => output.Text,
        ToolCallPart call => $"{call.Name} {call.Arguments}",
        _ => "",
    };
}
