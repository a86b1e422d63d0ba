namespace MicroGpt.Cli;

/// <summary>What a person gives as a file or through standard input, to the byte.</summary>
internal static class InputBytes
{
    /// <summary>The most bytes, which are all in memory.</summary>
    internal const int Most = 1 << 30;

    /// <summary>All bytes of a file, or of standard input where there is none.</summary>
    /// <exception cref="IOException">It can't be read, or is too large.</exception>
    public static byte[] Read(CommandContext context, string? file)
    {
        try
        {
            if (Directory.Exists(file))
                throw new FileNotFoundException($"{file} is a folder; a file is needed.");
            using var input = file is null ? context.Streams.OpenInput() : File.OpenRead(file);
            if (input.CanSeek && input.Length > Most)
                throw TooLarge(file);
            using var content = new MemoryStream();
            var piece = new byte[1 << 16];
            for (int read; (read = input.Read(piece)) > 0;)
            {
                if (content.Length + read > Most)
                    throw TooLarge(file);
                content.Write(piece.AsSpan(0, read));
            }

            return content.ToArray();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{file} can't be read (permission denied).", exception);
        }
    }

    private static IOException TooLarge(string? file) =>
        new($"{file ?? "Standard input"} is larger than 1 GiB, more than is read at once. Split it, or make files of tokens with microgpt data prepare.");
}
