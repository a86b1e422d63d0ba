namespace MicroGpt.Data.Documents;

/// <summary>Reads documents from files of many formats, one at a time.</summary>
public sealed class DocumentReader
{
    /// <summary>Finds the files to read.</summary>
    /// <param name="inputs">Files, folders (with all they hold), patterns with *, ? and **, or names of embedded data.</param>
    /// <param name="options">How to read them.</param>
    /// <exception cref="IOException">There is no such file or folder, or it can't be read.</exception>
    public DocumentReader(IEnumerable<string> inputs, DocumentReaderOptions? options = null) => throw new NotImplementedException();

    /// <summary>What will be read, in this order: paths, and names of embedded data.</summary>
    public IReadOnlyList<string> Files => throw new NotImplementedException();

    /// <summary>The size of all files, in bytes as they are stored.</summary>
    public long TotalBytes => throw new NotImplementedException();

    /// <summary>How much of them has been read; for progress, also from another thread.</summary>
    public long BytesRead => throw new NotImplementedException();

    /// <summary>How many documents have been read.</summary>
    public long Count => throw new NotImplementedException();

    /// <summary>How many bad records have been skipped.</summary>
    public long Skipped => throw new NotImplementedException();

    /// <summary>What was wrong with the first bad records, a sentence each with file and line.</summary>
    public IReadOnlyList<string> Problems => throw new NotImplementedException();

    /// <summary>All documents, file by file; none of them is empty. Every call reads from the beginning.</summary>
    /// <param name="cancellation">Ends the reading between two documents.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file or a record is damaged; the message says which, where and what to do.</exception>
    public IEnumerable<Document> Read(CancellationToken cancellation = default) => throw new NotImplementedException();
}
