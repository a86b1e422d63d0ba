namespace MicroGpt.Cli;

/// <summary>The folder that a person names for what comes out.</summary>
internal static class OutputFolder
{
    /// <summary>Makes it before the work begins: that it can't be made is better known then than at the end.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    public static void Make(string folder)
    {
        Check(folder);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} can't be made: {exception.Message.TrimEnd('.')}. Choose another --out.", exception);
        }
    }

    /// <summary>Deletes it if nothing came out.</summary>
    public static void DeleteIfEmpty(string folder)
    {
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    /// <summary>Whether a folder can be there at all.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public static void Check(string folder)
    {
        if (folder.Length == 0)
            throw new IOException("--out needs the name of a folder.");
        if (File.Exists(folder))
            throw new IOException($"{folder} is a file; --out needs a folder.");
    }
}
