using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Data;

/// <summary>Reads text that people bring, and says in a sentence what is wrong with it.</summary>
public static class TextFile
{
    /// <summary>The most bytes of text that are read into memory.</summary>
    internal const int LargestFile = 1 << 30;

    /// <summary>The text of a UTF-8 file, without a byte-order mark.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is binary, or not UTF-8.</exception>
    public static string Read(string path)
    {
        using var file = Open(path);
        return Encoding.UTF8.GetString(ReadUtf8(file, path).Span);
    }

    /// <summary>Opens a file for reading from its beginning to its end.</summary>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new FileNotFoundException($"{path} is a folder; a text file is needed.", path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the file can't be read (permission denied).", exception);
        }
    }

    /// <summary>All bytes to the end of the stream, checked to be UTF-8, without a byte-order mark.</summary>
    /// <exception cref="InvalidDataException">They are binary, or not UTF-8, or too many.</exception>
    internal static ReadOnlyMemory<byte> ReadUtf8(Stream stream, string name)
    {
        var content = ReadBytes(stream, name);
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        var invalid = Utf8Text.FirstInvalid(content.Span);
        return invalid < 0 ? content : throw new InvalidDataException(
            $"{name}: the file is not UTF-8 (at byte {invalid:N0}); convert it first, for example with iconv -f latin1 -t utf-8.");
    }

    /// <summary>
    /// All bytes, read piece by piece: what is no text is refused at the first zero byte and what is too large at the limit, since
    /// pipes and devices do not say how long they are.
    /// </summary>
    private static ReadOnlyMemory<byte> ReadBytes(Stream stream, string name)
    {
        var length = stream.CanSeek ? stream.Length - stream.Position : 0;
        var content = new byte[length < LargestFile ? Math.Max((int)length + 1, 1 << 16) : 1 << 16]; // room for one more shows the end
        var count = 0;
        for (int read; (read = stream.Read(content.AsSpan(count))) > 0; count += read)
        {
            var zero = content.AsSpan(count, read).IndexOf((byte)0);
            if (zero >= 0)
                throw new InvalidDataException(
                    $"{name}: the file is binary (a zero byte at {count + zero:N0}); a text file is needed.");
            if (count + read == LargestFile)
                throw new InvalidDataException($"{name}: the file is larger than 1 GiB, more than fits here at once; split it.");
            if (count + read == content.Length)
                Array.Resize(ref content, (int)Math.Min(content.Length * 2L, LargestFile));
        }

        return content.AsMemory(0, count);
    }
}
