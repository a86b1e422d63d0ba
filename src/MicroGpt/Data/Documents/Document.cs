using System.Text;

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

    /// <summary>
    /// The text in UTF-8, memory of this document's own, so that it may be kept and handed to another thread.
    /// </summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The file that it came from, or the name of embedded data.</summary>
    public string Source { get; }

    /// <summary>The line, or the row of a table, that it starts on, from 1.</summary>
    public long Number { get; }

    /// <summary>The text as a string, made anew at every call.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8.Span);
}
