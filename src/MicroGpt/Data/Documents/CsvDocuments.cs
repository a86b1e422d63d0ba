using System.Text;

namespace MicroGpt.Data.Documents;

/// <summary>Reads a column of a table with commas or tabs between cells (RFC 4180); the first row names the columns.</summary>
internal static class CsvDocuments
{
    private const int MostColumns = 16_384; // as in spreadsheets

    private readonly record struct Cell(int Start, int Length, bool IsQuoted);

    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad, char comma)
    {
        var field = options.Field ?? "text";
        foreach (var (row, number) in Rows(stream, name, options.LongestRecord, bad, comma, names =>
            Array.IndexOf(names, field) is >= 0 and var column ? [column] : throw new InvalidDataException(Columns.Missing(name, field, names))))
            if (row[0].Length > 0)
                yield return new Document(row[0], name, number);
    }

    /// <summary>The texts of several columns.</summary>
    /// <param name="stream">The table.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="columns">The columns it must have.</param>
    /// <param name="optional">One that it may have, which comes behind the others; empty where it has not.</param>
    /// <param name="longest">The longest record, in bytes.</param>
    /// <param name="comma">What stands between cells.</param>
    /// <exception cref="InvalidDataException">A record is damaged, or a column is missing.</exception>
    public static IEnumerable<(IReadOnlyList<string> Cells, long Number)> ReadCells(
        Stream stream, string name, IReadOnlyList<string> columns, string? optional, int longest, char comma)
    {
        return Rows(stream, name, longest, new BadRecords(skip: false), comma, Find)
            .Select(row => ((IReadOnlyList<string>)[.. row.Cells.Select(Encoding.UTF8.GetString)], row.Number));

        int[] Find(string[] names)
        {
            if (columns.FirstOrDefault(column => !names.Contains(column)) is { } missing)
                throw new InvalidDataException($"{name}: there is no column \"{missing}\"; {Columns.List(names)}");
            return [.. columns.Select(column => Array.IndexOf(names, column)), optional is null ? -1 : Array.IndexOf(names, optional)];
        }
    }

    /// <summary>Some cells of every row.</summary>
    /// <param name="stream">The table.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="longest">The longest record, in bytes.</param>
    /// <param name="bad">What becomes of damaged rows.</param>
    /// <param name="comma">What stands between cells.</param>
    /// <param name="choose">Of the columns' names, the numbers of those wanted; −1 for an empty cell.</param>
    private static IEnumerable<(byte[][] Cells, long Number)> Rows(
        Stream stream, string name, int longest, BadRecords bad, char comma, Func<string[], int[]> choose)
    {
        var lines = new LineReader(new ByteWindow(stream), longest);
        var cells = new List<Cell>();
        var names = ReadHeader(lines, cells, name, comma);
        var chosen = names.Length == 0 ? [] : choose(names);
        while (lines.Next())
        {
            var problem = Split(lines, cells, (byte)comma);
            if (!bad.IsReadable(lines, name) || lines.Record.IsEmpty)
                continue;
            if (cells.Count != names.Length)
                problem ??= $"{cells.Count:N0} cells, where the first line has {names.Length:N0}.";
            if (problem is not null)
                bad.Add(name, lines.Place, problem);
            else
                yield return (Array.ConvertAll(chosen, column => column < 0 ? [] : Text(lines.Record, cells[column])), lines.Number);
        }
    }

    /// <summary>The names of the columns; none where there is no line at all.</summary>
    private static string[] ReadHeader(LineReader lines, List<Cell> cells, string name, char comma)
    {
        if (!lines.Next())
            return [];
        var problem = Split(lines, cells, (byte)comma);
        new BadRecords(skip: false).IsReadable(lines, name);
        if (problem is not null)
            throw new InvalidDataException($"{name}: line 1: {problem}");

        var names = new string[cells.Count];
        for (var i = 0; i < names.Length; i++)
            names[i] = Encoding.UTF8.GetString(Text(lines.Record, cells[i]));
        return names;
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
