namespace MicroGpt.Data.Documents;

/// <summary>What a <see cref="DocumentReader"/> reads, and how much of it at once.</summary>
public sealed record DocumentReaderOptions
{
    /// <summary>
    /// The property of a JSON object, or the column of a table, that holds the text. Where it is not set, it is <c>text</c>, and JSON
    /// records that hold <c>messages</c> or <c>conversations</c> are conversations.
    /// </summary>
    public string? Field { get; init; }

    /// <summary>How plain texts are cut.</summary>
    public TextCut Cut { get; init; } = TextCut.File;

    /// <summary>The line between documents for <see cref="TextCut.Separators"/>.</summary>
    public string Separator { get; init; } = "<|endoftext|>";

    /// <summary>
    /// Skips records that can't be read (damaged JSON, text that is not UTF-8, rows with too few cells, records that are too long)
    /// and counts them, where otherwise the first one ends the reading. A file that is damaged as a whole always does.
    /// </summary>
    public bool SkipBad { get; init; }

    /// <summary>The longest line, cell or other record, in bytes, up to 512 MiB: what is longer is bad, and never in memory as a whole.</summary>
    public int LongestRecord { get; init; } = 64 << 20;

    /// <summary>Checks that everything can be followed.</summary>
    internal void Check()
    {
        if (LongestRecord is < 1 or > 1 << 29)
            throw new ArgumentOutOfRangeException(nameof(LongestRecord), LongestRecord, "The longest record must have from 1 byte to 512 MiB.");
        if (!Enum.IsDefined(Cut))
            throw new ArgumentOutOfRangeException(nameof(Cut), Cut, "There is no such way to cut a text.");
        if (Cut == TextCut.Separators && string.IsNullOrWhiteSpace(Separator))
            throw new ArgumentException("A line that separates documents can't be blank; cut at paragraphs instead.", nameof(Separator));
    }
}
