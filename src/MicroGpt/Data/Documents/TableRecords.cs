using System.Text.Json;

namespace MicroGpt.Data.Documents;

/// <summary>Reads several columns of small tables: .csv, .tsv, and .jsonl with an object a line.</summary>
internal static class TableRecords
{
    private const int LongestRecord = 16 << 20;

    /// <summary>The records of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns it must have.</param>
    /// <param name="optional">One that it may have, which comes behind the others; empty where it has not.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A record is damaged, or a column is missing.</exception>
    public static IEnumerable<(IReadOnlyList<string> Cells, long Number)> Read(string path, IReadOnlyList<string> columns, string? optional)
    {
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => Table(','),
            ".tsv" => Table('\t'),
            ".jsonl" or ".ndjson" => JsonLines.Read(path, LongestRecord, "record of this task", (line, number) => (Cells(line), number)),
            _ => throw new InvalidDataException($"{path}: a task's data is a .csv, .tsv or .jsonl file with {string.Join(", ", columns)}."),
        };

        IEnumerable<(IReadOnlyList<string> Cells, long Number)> Table(char comma)
        {
            using var file = TextFile.Open(path);
            foreach (var record in CsvDocuments.ReadCells(file, path, columns, optional, LongestRecord, comma))
                yield return record;
        }

        IReadOnlyList<string> Cells(ReadOnlyMemory<byte> line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var cells = columns.Select(column => Text(json.RootElement, column) ?? throw new InvalidDataException($"It has no text {column}.")).ToList();
                if (optional is not null)
                    cells.Add(Text(json.RootElement, optional) ?? "");
                return cells;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException(exception.Message, exception);
            }
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
