using System.Buffers.Binary;
using MicroGpt.Data.Documents.Parquet;

namespace MicroGpt.Data.Documents;

/// <summary>Reads a column of text of a Parquet file (https://parquet.apache.org/docs/file-format/), a page at a time.</summary>
internal static class ParquetDocuments
{
    private const int EndLength = 8; // the footer's length, and PAR1
    private const int LongestFooter = 256 << 20;
    private const int LargestPacked = 1 << 30;

    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad)
    {
        if (!stream.CanSeek)
            stream = ReadAll(stream, name);
        var footer = ReadFooter(stream, name, options.Field ?? "text");
        var column = new ColumnReader(stream, footer);
        while (Next(column, name))
        {
            var text = column.Value.Span;
            if (text.IsEmpty)
                continue;
            var invalid = text.Length > options.LongestRecord ? -1 : Utf8Text.FirstInvalid(text);
            if (text.Length > options.LongestRecord)
                bad.Add(name, $"row {column.Row:N0}", BadRecords.TooLong(options.LongestRecord));
            else if (invalid >= 0)
                bad.Add(name, $"row {column.Row:N0}", $"not UTF-8 (at byte {invalid:N0} of the text).");
            else
                yield return new Document(text.ToArray(), name, column.Row);
        }
    }

    private static bool Next(ColumnReader column, string name)
    {
        try
        {
            return column.Next();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(name, $"behind row {column.Row:N0}, {exception.Message}", exception);
        }
    }

    private static ParquetFooter ReadFooter(Stream stream, string name, string field)
    {
        var end = new byte[EndLength];
        if (stream.Length < EndLength + 4 || !Begins(stream))
            throw new InvalidDataException($"{name}: this is no Parquet file; it does not begin with PAR1.");
        stream.Position = stream.Length - EndLength;
        stream.ReadExactly(end);
        if (end.AsSpan(4).SequenceEqual("PARE"u8))
            throw new InvalidDataException($"{name}: the Parquet file is encrypted; write it without encryption.");
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8))
            throw new InvalidDataException($"{name}: the Parquet file is cut short (it does not end with PAR1); fetch or write it again.");

        var length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        var dataEnd = stream.Length - EndLength - length;
        if (length > LongestFooter || dataEnd < 4)
            throw Damaged(name, $"its footer says that it has {length:N0} bytes, more than there are", null);
        var bytes = new byte[length];
        stream.Position = dataEnd;
        stream.ReadExactly(bytes);

        ParquetFooter footer;
        try
        {
            footer = ParquetFooter.Read(bytes, field);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(name, $"its footer makes no sense, {exception.Message}", exception);
        }

        Check(footer, name, field, dataEnd);
        return footer;
    }

    /// <summary>Refuses what can't be read, and column chunks that are not in the file or lie over each other.</summary>
    private static void Check(ParquetFooter footer, string name, string field, long dataEnd)
    {
        if (!footer.IsFound)
            throw new InvalidDataException(Columns.Missing(name, field, footer.TextColumns));
        var free = 4L;
        foreach (var chunk in footer.Chunks.Where(chunk => chunk.Values > 0).OrderBy(chunk => chunk.Start))
        {
            if (PageCodec.Problem(chunk.Codec) is { } problem)
                throw new InvalidDataException($"{name}: {problem}");
            if (chunk.Start < free || chunk.Length < 0 || chunk.Length > dataEnd - chunk.Start)
                throw Damaged(name, "its footer says that parts of the column lie over each other or beyond the end", null);
            free = chunk.Start + chunk.Length;
        }
    }

    private static bool Begins(Stream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        stream.Position = 0;
        stream.ReadExactly(magic);
        return magic.SequenceEqual("PAR1"u8) || magic.SequenceEqual("PARE"u8);
    }

    /// <summary>What a file is packed in that is read from its end.</summary>
    private static MemoryStream ReadAll(Stream stream, string name)
    {
        var all = new MemoryStream();
        var piece = new byte[1 << 16];
        for (int read; (read = stream.Read(piece)) > 0; all.Write(piece, 0, read))
            if (all.Length + read > LargestPacked)
                throw new InvalidDataException($"{name}: it unpacks to more than 1 GiB, and Parquet files are read from their end; unpack it first (gunzip).");
        return all;
    }

    private static InvalidDataException Damaged(string name, string problem, Exception? inner) =>
        new($"{name}: the Parquet file is damaged: {problem}; fetch or write it again.", inner);
}
