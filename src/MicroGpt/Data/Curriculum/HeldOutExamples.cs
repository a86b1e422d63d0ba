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
    public static IEnumerable<Example> Read(string path) =>
        JsonLines.Read(path, LongestLine, "held-out example", (line, _) => ExampleJson.Read(line));
}
