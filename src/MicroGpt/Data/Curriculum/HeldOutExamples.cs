using MicroGpt.Data.Documents;

namespace MicroGpt.Data.Curriculum;

/// <summary>Reads the curriculum's held-out files, for evaluation.</summary>
public static class HeldOutExamples
{
    /// <summary>The longest line that can be an example, in bytes.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>The examples of a file, one a line.</summary>
    /// <param name="path">A file such as <c>curriculum/conversations/test/arithmetic.jsonl</c>.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A line is not of a held-out example; the message says which.</exception>
    public static IEnumerable<Example> Read(string path)
    {
        using var file = TextFile.Open(path);
        var lines = new LineReader(new ByteWindow(file), LongestLine);
        while (lines.Next())
        {
            if (lines.IsTooLong)
                throw new InvalidDataException($"{path}: {lines.Place}: the line is longer than any example.");
            if (!Utf8Text.Trim(lines.Record).IsEmpty)
                yield return Parse(lines, path);
        }
    }

    private static Example Parse(LineReader lines, string path)
    {
        try
        {
            return ExampleJson.Read(lines.Record.ToArray());
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {lines.Place}: this is no held-out example. {exception.Message}", exception);
        }
    }
}
