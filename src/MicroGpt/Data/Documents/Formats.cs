namespace MicroGpt.Data.Documents;

/// <summary>Which files can be read, by how their names end.</summary>
internal static class Formats
{
    private delegate IEnumerable<Document> Reader(Stream stream, string name, DocumentReaderOptions options, BadRecords bad);

    private const string Packed = ".gz";

    private static readonly Dictionary<string, Reader> s_readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = TextDocuments.Read,
        [".md"] = TextDocuments.Read,
        [".jsonl"] = (stream, name, options, bad) => JsonDocuments.Read(stream, name, options, bad, mayBeArray: false),
        [".ndjson"] = (stream, name, options, bad) => JsonDocuments.Read(stream, name, options, bad, mayBeArray: false),
        [".json"] = (stream, name, options, bad) => JsonDocuments.Read(stream, name, options, bad, mayBeArray: true),
        [".csv"] = (stream, name, options, bad) => CsvDocuments.Read(stream, name, options, bad, ','),
        [".tsv"] = (stream, name, options, bad) => CsvDocuments.Read(stream, name, options, bad, '\t'),
        [".parquet"] = ParquetDocuments.Read,
    };

    /// <summary>The endings of names, for messages.</summary>
    public static string Endings => $"{string.Join(", ", s_readers.Keys)}, and these with {Packed}";

    /// <summary>Whether a name ends as those of files that can be read.</summary>
    public static bool IsKnown(string name) => s_readers.ContainsKey(Ending(name));

    /// <summary>Whether a name ends as those of files that are lists of records: JSON and tables.</summary>
    public static bool HasRecords(string name) => s_readers.TryGetValue(Ending(name), out var reader) && reader != TextDocuments.Read;

    /// <summary>The documents of a stream; what has no known ending is plain text.</summary>
    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad)
    {
        var reader = s_readers.GetValueOrDefault(Ending(name), TextDocuments.Read);
        return reader(IsPacked(name) ? new GzipInput(stream, name) : stream, name, options, bad);
    }

    private static bool IsPacked(string name) => name.EndsWith(Packed, StringComparison.OrdinalIgnoreCase);

    private static string Ending(string name) => Path.GetExtension(IsPacked(name) ? name[..^Packed.Length] : name);
}
