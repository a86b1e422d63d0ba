namespace MicroGpt.Data.Documents;

/// <summary>Reads documents from plain text.</summary>
internal static class TextDocuments
{
    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad) => options.Cut switch
    {
        TextCut.File => WholeFile(stream, name, bad),
        TextCut.Lines => Lines(stream, name, options, bad),
        TextCut.Paragraphs => Parts(stream, name, options, bad, line => Utf8Text.Trim(line).IsEmpty),
        _ => AtSeparators(stream, name, options, bad),
    };

    private static IEnumerable<Document> WholeFile(Stream stream, string name, BadRecords bad)
    {
        ReadOnlyMemory<byte> text = default;
        try
        {
            text = TextFile.ReadUtf8(stream, name);
        }
        catch (InvalidDataException exception)
        {
            bad.Add(exception.Message);
        }

        if (!text.IsEmpty)
            yield return new Document(text, name, 1);
    }

    private static IEnumerable<Document> Lines(Stream stream, string name, DocumentReaderOptions options, BadRecords bad)
    {
        var lines = new LineReader(new ByteWindow(stream), options.LongestRecord);
        while (lines.Next())
            if (Checked(lines, lines.Record, name, bad) is { } document)
                yield return document;
    }

    private static IEnumerable<Document> AtSeparators(Stream stream, string name, DocumentReaderOptions options, BadRecords bad)
    {
        var separator = System.Text.Encoding.UTF8.GetBytes(options.Separator.Trim());
        return Parts(stream, name, options, bad, line => Utf8Text.Trim(line).SequenceEqual(separator));
    }

    /// <summary>Joins lines up to one that stands between documents.</summary>
    private static IEnumerable<Document> Parts(
        Stream stream, string name, DocumentReaderOptions options, BadRecords bad, Func<ReadOnlySpan<byte>, bool> standsBetween)
    {
        var lines = new LineReader(new ByteWindow(stream), options.LongestRecord);
        while (lines.Next())
        {
            var ended = standsBetween(lines.LastLine);
            while (!ended && lines.Join())
                ended = standsBetween(lines.LastLine);
            if (Checked(lines, ended ? lines.AllButLast : lines.Record, name, bad) is { } document)
                yield return document;
        }
    }

    /// <summary>A document of the text without the blanks round it; none where that is empty or bad.</summary>
    private static Document? Checked(LineReader lines, ReadOnlySpan<byte> text, string name, BadRecords bad)
    {
        if (!bad.IsReadable(lines, name) || Utf8Text.Trim(text) is not { IsEmpty: false } trimmed)
            return null;
        if (!trimmed.Contains((byte)0))
            return new Document(trimmed.ToArray(), name, lines.Number);
        bad.Add(name, lines.Place, "there is a zero byte in it, as in binary files; a text file is needed.");
        return null;
    }
}
