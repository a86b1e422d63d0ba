namespace MicroGpt.Cli;

/// <summary>What a person gives as a file or through standard input, to the byte.</summary>
internal static class InputBytes
{
    /// <summary>All bytes of a file, or of standard input where there is none.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[] Read(CommandContext context, string? file)
    {
        try
        {
            if (Directory.Exists(file))
                throw new FileNotFoundException($"{file} is a folder; a file is needed.");
            if (file is not null)
                return File.ReadAllBytes(file);
            using var input = context.Streams.OpenInput();
            using var content = new MemoryStream();
            input.CopyTo(content);
            return content.ToArray();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{file} can't be read (permission denied).", exception);
        }
    }
}
