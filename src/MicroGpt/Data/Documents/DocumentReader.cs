using System.Text;

namespace MicroGpt.Data.Documents;

/// <summary>
/// Reads documents from files of many formats, one at a time: however large the files are, no more than one record of one of them
/// is in memory.
/// </summary>
public sealed class DocumentReader
{
    private readonly DocumentReaderOptions _options;
    private readonly List<string> _files;
    private readonly BadRecords _bad;
    private long _bytesRead;

    /// <summary>Finds the files to read.</summary>
    /// <param name="inputs">
    /// Files; folders, with all files in them and in the folders below whose names end as <see cref="Endings"/> says; patterns with *, ?
    /// and **; names of <see cref="EmbeddedData"/>. A file that is meant twice is read once.
    /// </param>
    /// <param name="options">How to read them.</param>
    /// <exception cref="IOException">There is no such file or folder, or it can't be read.</exception>
    /// <exception cref="ArgumentException">The longest record has no bytes, or there is no such way to cut a text.</exception>
    public DocumentReader(IEnumerable<string> inputs, DocumentReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _options = options ?? new DocumentReaderOptions();
        _options.Check();
        _bad = new BadRecords(_options.SkipBad);
        _files = InputFiles.Find(inputs);
        TotalBytes = _files.Sum(file => Corpus.IsEmbedded(file) ? EmbeddedData.Read(file).Length : new FileInfo(file).Length);
    }

    /// <summary>How the names of files end that are found in folders, for messages.</summary>
    public static string Endings => Formats.Endings;

    /// <summary>What will be read, in this order: paths, and names of embedded data.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The size of all files, in bytes as they are stored.</summary>
    public long TotalBytes { get; }

    /// <summary>How much of them has been read; for progress, also from another thread.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>How many documents have been read.</summary>
    public long Count { get; private set; }

    /// <summary>How many bad records have been skipped.</summary>
    public long Skipped => _bad.Count;

    /// <summary>What was wrong with the first bad records, a sentence each with file and line.</summary>
    public IReadOnlyList<string> Problems => _bad.Sentences;

    /// <summary>All documents, file by file; none of them is empty. Every call reads, and counts, from the beginning.</summary>
    /// <param name="cancellation">Ends the reading between two documents.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file or a record is damaged; the message says which, where and what to do.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public IEnumerable<Document> Read(CancellationToken cancellation = default)
    {
        (Count, _bytesRead) = (0, 0);
        _bad.Clear();
        foreach (var file in _files)
        {
            var before = _bytesRead;
            using var stream = Open(file, out var options);
            foreach (var document in Formats.Read(stream, file, options, _bad))
            {
                cancellation.ThrowIfCancellationRequested();
                Volatile.Write(ref _bytesRead, before + (stream.CanSeek ? stream.Position : 0));
                Count++;
                yield return document;
            }

            Volatile.Write(ref _bytesRead, before + (stream.CanSeek ? stream.Length : 0));
        }
    }

    private Stream Open(string file, out DocumentReaderOptions options)
    {
        var isEmbedded = Corpus.IsEmbedded(file);
        options = isEmbedded ? _options with { Cut = TextCut.Lines } : _options;
        return isEmbedded ? new MemoryStream(Encoding.UTF8.GetBytes(EmbeddedData.Read(file))) : TextFile.Open(file);
    }
}
