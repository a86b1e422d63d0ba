using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Strings as bytes and back without loss: UTF-8 in which a half of a surrogate pair that stands alone has the three bytes that
/// its number gives (Simon Sapin, "The WTF-8 encoding"). All other bytes that are not UTF-8 decode to U+FFFD.
/// </summary>
internal static class Wtf8
{
    /// <summary>The most bytes that a string of this length can take.</summary>
    public static int MaxByteCount(int length) => checked(length * 3);

    /// <summary>Writes a string's bytes and returns their number.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var written = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(text, bytes[written..], out var read, out var count, replaceInvalidSequences: false);
            written += count;
            if (status == OperationStatus.Done)
                return written;
            text = text[read..];
            bytes[written++] = 0xED;
            bytes[written++] = (byte)(0x80 | ((text[0] >> 6) & 0x3F));
            bytes[written++] = (byte)(0x80 | (text[0] & 0x3F));
            text = text[1..];
        }
    }

    /// <summary>A string's bytes.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(MaxByteCount(text.Length));
        try
        {
            return bytes[..Encode(text, bytes)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>The string of bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = ArrayPool<char>.Shared.Rent(bytes.Length); // a byte gives at most one UTF-16 unit
        try
        {
            var written = 0;
            while (true)
            {
                var status = Utf8.ToUtf16(bytes, text.AsSpan(written), out var read, out var count, replaceInvalidSequences: false);
                written += count;
                if (status == OperationStatus.Done)
                    return new string(text, 0, written);
                bytes = bytes[read..];
                var length = SurrogateOrInvalid(bytes, out text[written++]);
                bytes = bytes[length..];
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>
    /// How many bytes at the end could become a character with bytes that follow: 0 to 5. The first half of a surrogate pair counts
    /// too, since a second half may follow it.
    /// </summary>
    public static int UnfinishedLength(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(5, bytes.Length); length > 0; length--)
            if (IsUnfinished(bytes[^length..]))
                return length;
        return 0;
    }

    private static bool IsUnfinished(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != 0xED || bytes.Length == 1)
            return Rune.DecodeFromUtf8(bytes, out _, out var consumed) == OperationStatus.NeedMoreData && consumed == bytes.Length;
        return bytes[1] switch
        {
            < 0x80 or > 0xBF => false,
            >= 0xA0 and <= 0xAF => bytes.Length == 2                                            // a first half, its last byte missing
                || (IsContinuation(bytes[2]) && (bytes.Length == 3                              // … complete
                    || (bytes[3] == 0xED && (bytes.Length == 4 || bytes[4] is >= 0xB0 and <= 0xBF)))), // … and part of a second half
            _ => bytes.Length == 2,
        };
    }

    private static int SurrogateOrInvalid(ReadOnlySpan<byte> bytes, out char unit)
    {
        if (bytes is [0xED, >= 0xA0 and <= 0xBF, var last, ..] && IsContinuation(last))
        {
            unit = (char)(0xD000 | ((bytes[1] & 0x3F) << 6) | (last & 0x3F));
            return 3;
        }

        Rune.DecodeFromUtf8(bytes, out var replacement, out var consumed);
        unit = (char)replacement.Value;
        return consumed;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
