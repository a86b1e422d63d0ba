using System.IO.Compression;
using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>Reads documents from memory, as from a file of that name.</summary>
internal static class Reading
{
    public static List<Document> Documents(string name, ReadOnlySpan<byte> content, DocumentReaderOptions? options = null) =>
        Documents(name, content, options ?? new DocumentReaderOptions(), out _);

    public static List<Document> Documents(string name, ReadOnlySpan<byte> content, DocumentReaderOptions options, out BadRecords bad)
    {
        bad = new BadRecords(options.SkipBad);
        return [.. Formats.Read(new MemoryStream(content.ToArray()), name, options, bad)];
    }

    public static string[] Texts(string name, string content, DocumentReaderOptions? options = null) =>
        [.. Documents(name, Encoding.UTF8.GetBytes(content), options).Select(document => document.Text)];

    /// <summary>The sentence that a person sees.</summary>
    public static string Error(string name, ReadOnlySpan<byte> content, DocumentReaderOptions? options = null)
    {
        var bytes = content.ToArray();
        return Assert.Throws<InvalidDataException>(() => Documents(name, bytes, options)).Message;
    }

    public static string Error(string name, string content, DocumentReaderOptions? options = null) =>
        Error(name, Encoding.UTF8.GetBytes(content), options);

    public static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal))
            stream.Write(content);
        return packed.ToArray();
    }
}
