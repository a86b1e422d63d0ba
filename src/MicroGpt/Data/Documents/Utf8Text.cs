using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MicroGpt.Data.Documents;

/// <summary>Whether bytes are UTF-8, and where they cease to be.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The place of the first byte that can't stand there; -1 where all is well.</summary>
    public static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return -1;
        try
        {
            s_strict.GetCharCount(bytes);
            return -1;
        }
        catch (DecoderFallbackException exception)
        {
            return exception.Index;
        }
    }

    /// <summary>Without white space at both ends, that of other scripts included.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out var first, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(first))
            text = text[length..];
        while (Rune.DecodeLastFromUtf8(text, out var last, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(last))
            text = text[..^length];
        return text;
    }
}
