using System.Text;

namespace MicroGpt.Data;

/// <summary>Reads text that people bring, and says in a sentence what is wrong with it.</summary>
public static class TextFile
{
    private const long LargestFile = 1 << 30;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a UTF-8 file, without a byte-order mark.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is binary, or not UTF-8.</exception>
    public static string Read(string path)
    {
        if (Directory.Exists(path))
            throw new FileNotFoundException($"{path} is a folder; a text file is needed.", path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);

        byte[] bytes;
        try
        {
            bytes = ReadBytes(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the file can't be read (permission denied).", exception);
        }

        ReadOnlySpan<byte> content = bytes;
        if (content.StartsWith("\uFEFF"u8))
            content = content[3..];
        try
        {
            return s_strict.GetString(content);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException(
                $"{path}: the file is not UTF-8 (at byte {exception.Index:N0}); convert it first, for example with iconv -f latin1 -t utf-8.",
                exception);
        }
    }

    /// <summary>
    /// All bytes, read piece by piece: what is no text is refused at the first zero byte and what is too large at the limit, since
    /// pipes and devices do not say how long they are.
    /// </summary>
    private static byte[] ReadBytes(string path)
    {
        using var file = File.OpenRead(path);
        using var content = new MemoryStream();
        var piece = new byte[1 << 16];
        for (int read; (read = file.Read(piece)) > 0;)
        {
            var zero = piece.AsSpan(0, read).IndexOf((byte)0);
            if (zero >= 0)
                throw new InvalidDataException(
                    $"{path}: the file is binary (a zero byte at {content.Length + zero:N0}); a text file is needed.");
            if (content.Length + read > LargestFile)
                throw new InvalidDataException($"{path}: the file is larger than 1 GiB, more than fits here at once.");
            content.Write(piece.AsSpan(0, read));
        }

        return content.ToArray();
    }
}
