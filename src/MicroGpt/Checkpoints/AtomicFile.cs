namespace MicroGpt.Checkpoints;

/// <summary>
/// Writes a file so that it is there whole or not at all: under a temporary name first, flushed to the disk, then renamed over
/// the old one. Whatever stops the program at whatever instant, one of the two complete files has the name.
/// </summary>
public static class AtomicFile
{
    /// <summary>What temporary names end in; a leftover of that name is from an interrupted write and worth nothing.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It could not be written, for lack of space or of permission; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var temporary = path + TemporarySuffix;
        var isOurs = false; // what another program is writing under that name is not ours to delete
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                isOurs = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (isOurs)
                TryDelete(temporary);
            throw new IOException($"{path} could not be written: {exception.Message}", exception);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The write's own error says more than this one would.
        }
    }
}
