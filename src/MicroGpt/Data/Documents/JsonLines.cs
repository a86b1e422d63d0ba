namespace MicroGpt.Data.Documents;

/// <summary>Reads files of JSON in which every line is one thing of a kind, and nothing else.</summary>
internal static class JsonLines
{
    /// <summary>What the lines of a file hold; blank ones are passed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The longest line, in bytes.</param>
    /// <param name="what">What a line should be, for messages: "held-out example".</param>
    /// <param name="parse">Reads a line; throws an <see cref="InvalidDataException"/> with a sentence.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A line is none; the message says which and why.</exception>
    public static IEnumerable<T> Read<T>(string path, int longest, string what, Func<ReadOnlyMemory<byte>, long, T> parse)
    {
        using var file = TextFile.Open(path);
        var lines = new LineReader(new ByteWindow(file), longest);
        while (lines.Next())
        {
            if (lines.IsTooLong)
                throw new InvalidDataException($"{path}: {lines.Place}: the line is longer than any {what}.");
            if (!Utf8Text.Trim(lines.Record).IsEmpty)
                yield return Parse(lines);
        }

        T Parse(LineReader lines)
        {
            try
            {
                return parse(lines.Record.ToArray(), lines.Number);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"{path}: {lines.Place}: this is no {what}. {exception.Message}", exception);
            }
        }
    }
}
