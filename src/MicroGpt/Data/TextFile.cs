using System.Text;

namespace MicroGpt.Data;

/// <summary>Reads text that people bring, and says in a sentence what is wrong with it.</summary>
public static class TextFile
{
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
        if (new FileInfo(path).Length > int.MaxValue / 2)
            throw new InvalidDataException($"{path}: the file is larger than 1 GiB, more than fits here at once.");

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the file can't be read (permission denied).", exception);
        }

        ReadOnlySpan<byte> content = bytes;
        if (content.StartsWith("\uFEFF"u8))
            content = content[3..];
        var zero = content.IndexOf((byte)0);
        if (zero >= 0)
            throw new InvalidDataException($"{path}: the file is binary (a zero byte at {zero:N0}); a text file is needed.");
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
}
