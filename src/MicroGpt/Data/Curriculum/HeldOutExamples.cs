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
        using var file = File.OpenRead(path);
        var line = new MemoryStream();
        var piece = new byte[1 << 16];
        var number = 1;
        for (int read; (read = file.Read(piece)) > 0;)
        {
            var rest = piece.AsMemory(0, read);
            for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                Append(rest[..end]);
                if (Take() is { } example)
                    yield return example;
                number++;
            }

            Append(rest);
        }

        if (Take() is { } last)
            yield return last;

        void Append(ReadOnlyMemory<byte> bytes)
        {
            if (line.Length + bytes.Length > LongestLine)
                throw new InvalidDataException($"{path}, line {number}: the line is longer than any example.");
            line.Write(bytes.Span);
        }

        Example? Take()
        {
            var bytes = line.ToArray();
            line.SetLength(0);
            if (bytes.AsSpan().Trim(" \t\r"u8).IsEmpty)
                return null;
            try
            {
                return ExampleJson.Read(bytes);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"{path}, line {number}: this is no held-out example: {exception.Message}.", exception);
            }
        }
    }
}
