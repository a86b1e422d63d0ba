using Microsoft.Win32.SafeHandles;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Writes a file so that it is there whole or not at all: under a temporary name first, flushed to the disk, then renamed over
/// the old one. Whatever stops the program at whatever instant, one of the two complete files has the name.
/// </summary>
public static class AtomicFile
{
    /// <summary>What temporary names end in; a leftover of that name is from an interrupted write and worth nothing.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file from its beginning to its end.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It could not be written, for lack of space or of permission; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, bufferSize: 1 << 16, write);
    }

    /// <summary>Writes a file at any place, by any number of threads, with <see cref="RandomAccess"/>.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteParts(string path, Action<SafeFileHandle> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, bufferSize: 0, stream => write(stream.SafeFileHandle));
    }

    private static void Write(string path, int bufferSize, Action<FileStream> write)
    {
        var temporary = path + TemporarySuffix;
        var isOurs = false; // what another program is writing under that name is not ours to delete
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize))
            {
                isOurs = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception)
        {
            if (isOurs)
                TryDelete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
                throw new IOException($"{path} could not be written: {exception.Message}", exception);
            throw;
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
