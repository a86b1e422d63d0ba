namespace MicroGpt.Training;

/// <summary>Files that are written to at their end.</summary>
internal static class LogFile
{
    /// <summary>Opens a file for more, others may read meanwhile.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="length">What of it is kept.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static FileStream Open(string path, long length)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
            if (file.Length != length)
                file.SetLength(Math.Min(file.Length, length));
            file.Seek(0, SeekOrigin.End);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new IOException($"{path} could not be written: {exception.Message}", exception);
        }
    }
}
