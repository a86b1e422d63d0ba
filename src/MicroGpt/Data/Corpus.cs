using System.Security.Cryptography;
using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Data;

/// <summary>How a text is cut into what a model learns from.</summary>
public enum CorpusKind
{
    /// <summary>One continuous text: a model sees windows of it that start anywhere.</summary>
    Text,

    /// <summary>A document a line: a model sees whole documents, each behind the special token for a start.</summary>
    Lines,
}

/// <summary>A person's text, cut into documents.</summary>
/// <param name="Name">Where it came from, for messages.</param>
/// <param name="Kind">Whether it is one text or a document a line.</param>
/// <param name="Documents">The documents, none of them empty.</param>
public sealed record Corpus(string Name, CorpusKind Kind, IReadOnlyList<string> Documents)
{
    /// <summary>The longest line that can be a document, in bytes: beyond it the file is hardly a list of lines.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>Reads a UTF-8 file, or the embedded data of that name where there is no such file.</summary>
    /// <remarks>Of JSON and tables it takes the texts that a <see cref="DocumentReader"/> finds in them: a document each, or one text with empty lines between.</remarks>
    /// <param name="pathOrName">A path, or <c>names</c> or <c>names-zh</c>.</param>
    /// <param name="kind">How to cut it.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is empty, binary, not UTF-8, or has a line too long to be a document.</exception>
    public static Corpus Load(string pathOrName, CorpusKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrName);
        if (Formats.HasRecords(pathOrName) && File.Exists(pathOrName))
            return FromRecords(pathOrName, kind);
        var text = IsEmbedded(pathOrName)
            ? EmbeddedData.Read(pathOrName)
            : TextFile.Read(pathOrName);
        return FromText(pathOrName, text, kind);
    }

    /// <summary>Whether <see cref="Load"/> takes a name for embedded data: a person's own file of that name goes first.</summary>
    internal static bool IsEmbedded(string pathOrName) => EmbeddedData.Has(pathOrName) && !File.Exists(pathOrName);

    /// <summary>Cuts a text, into the same lines as a <see cref="DocumentReader"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    /// <exception cref="InvalidDataException">There is nothing in it, or a line too long to be a document.</exception>
    public static Corpus FromText(string name, string text, CorpusKind kind)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Enum.IsDefined(kind))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, $"A corpus is {CorpusKind.Text} or {CorpusKind.Lines}.");
        if (kind == CorpusKind.Text)
            return text.Length == 0 ? throw Empty(name) : new Corpus(name, kind, [text]);

        var documents = new List<string>();
        var lines = new LineReader(new ByteWindow(new MemoryStream(Encoding.UTF8.GetBytes(text))), LongestLine);
        while (lines.Next())
        {
            if (lines.IsTooLong)
                throw new InvalidDataException(
                    $"{name}: {lines.Place} has more than {LongestLine:N0} bytes, too many for a document. If the file is one long text, read it as text instead of lines.");
            if (Utf8Text.Trim(lines.Record) is { IsEmpty: false } document)
                documents.Add(Encoding.UTF8.GetString(document));
        }

        return documents.Count == 0 ? throw Empty(name) : new Corpus(name, kind, documents);
    }

    private static Corpus FromRecords(string path, CorpusKind kind)
    {
        var (documents, bytes) = (new List<string>(), 0L);
        foreach (var document in new DocumentReader([path]).Read())
        {
            if (document.Conversation is not null || (bytes += document.Utf8.Length) > TextFile.LargestFile)
                throw new InvalidDataException(
                    $"{path}, line {document.Number}: {(document.Conversation is null ? "this is more text than is learned from in memory" : "this is a conversation, not a text")}. "
                    + $"Prepare it: microgpt data prepare --input {path} --tokenizer TOKENIZER --out DATA, and then microgpt train --data DATA");
            documents.Add(document.Text);
        }

        return documents.Count == 0 ? throw Empty(path) : new Corpus(path, kind, kind == CorpusKind.Lines ? documents : [string.Join("\n\n", documents)]);
    }

    /// <summary>The number of characters (Unicode code points) in the longest document.</summary>
    public int LongestDocument => Documents.Max(document => document.EnumerateRunes().Count());

    /// <summary>A fingerprint of kind and content, by which a resumed run knows that it still has the same data.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Kind.ToString()));
        foreach (var document in Documents)
        {
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(document));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static InvalidDataException Empty(string name) => new($"{name}: the file is empty; there is nothing to learn from.");
}
