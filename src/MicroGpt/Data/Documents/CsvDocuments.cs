using System.Text;

namespace MicroGpt.Data.Documents;

/// <summary>Reads a column of a table with commas or tabs between cells (RFC 4180); the first row names the columns.</summary>
internal static class CsvDocuments
{
    private const int MostColumns = 16_384; // as in spreadsheets

    private readonly record struct Cell(int Start, int Length, bool IsQuoted);

    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad, char comma)
    {
        var lines = new LineReader(new ByteWindow(stream), options.LongestRecord);
        var cells = new List<Cell>();
        var (column, columns) = ReadHeader(lines, cells, name, options.Field ?? "text", comma);
        while (lines.Next())
        {
            var problem = Split(lines, cells, (byte)comma);
            if (!bad.IsReadable(lines, name) || lines.Record.IsEmpty)
                continue;
            if (cells.Count != columns)
                problem ??= $"{cells.Count:N0} cells, where the first line has {columns:N0}.";
            if (problem is not null)
                bad.Add(name, lines.Place, problem);
            else if (Text(lines.Record, cells[column]) is { Length: > 0 } text)
                yield return new Document(text, name, lines.Number);
        }
    }

    /// <summary>The number of the wanted column, and of all.</summary>
    private static (int Column, int Columns) ReadHeader(LineReader lines, List<Cell> cells, string name, string field, char comma)
    {
        if (!lines.Next())
            return (0, 0);
        var problem = Split(lines, cells, (byte)comma);
        new BadRecords(skip: false).IsReadable(lines, name);
        if (problem is not null)
            throw new InvalidDataException($"{name}: line 1: {problem}");

        var names = new string[cells.Count];
        for (var i = 0; i < names.Length; i++)
            names[i] = Encoding.UTF8.GetString(Text(lines.Record, cells[i]));
        var column = Array.IndexOf(names, field);
        return column >= 0 ? (column, names.Length) : throw new InvalidDataException(Columns.Missing(name, field, names));
    }

    /// <summary>Finds the cells of a record, joining lines while a quote is open.</summary>
    /// <returns>What is wrong with it, if something is.</returns>
    private static string? Split(LineReader lines, List<Cell> cells, byte comma)
    {
        cells.Clear();
        var at = 0;
        while (cells.Count < MostColumns)
        {
            var start = at;
            var quoted = lines.Record[at..].StartsWith((byte)'"');
            if (quoted && !PassQuoted(lines, ref at))
                return $"a quote is opened in cell {cells.Count + 1:N0} and never closed.";

            var rest = lines.Record[at..];
            var end = rest.IndexOf(comma);
            var length = end < 0 ? rest.Length : end;
            if (quoted && length > 0)
                return $"there is text behind the closing quote of cell {cells.Count + 1:N0}; a quote within quotes is written twice.";
            at += length;
            cells.Add(new Cell(start, at - start, quoted));
            if (end < 0)
                return null;
            at++;
        }

        return $"more than {MostColumns:N0} cells.";
    }

    /// <summary>Goes from an opening quote to behind the closing one.</summary>
    private static bool PassQuoted(LineReader lines, ref int at)
    {
        at++;
        while (true)
        {
            var quote = lines.Record[at..].IndexOf((byte)'"');
            if (quote >= 0)
            {
                at += quote + 1;
                if (!lines.Record[at..].StartsWith((byte)'"'))
                    return true;
                at++;
            }
            else
            {
                at = lines.Record.Length;
                if (!lines.Join() || lines.IsTooLong)
                    return false;
            }
        }
    }

    private static byte[] Text(ReadOnlySpan<byte> record, Cell cell)
    {
        var content = record.Slice(cell.Start, cell.Length);
        if (!cell.IsQuoted)
            return content.ToArray();
        content = content[1..^1];
        var text = new byte[content.Length];
        var length = 0;
        for (int quote; (quote = content.IndexOf("\"\""u8)) >= 0; content = content[(quote + 2)..])
        {
            content[..(quote + 1)].CopyTo(text.AsSpan(length));
            length += quote + 1;
        }

        content.CopyTo(text.AsSpan(length));
        length += content.Length;
        return length == text.Length ? text : text[..length];
    }
}
