using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>What the split patterns of the field tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Anything else, and every byte that is not UTF-8.</summary>
    Other,

    /// <summary><c>\p{L}</c>.</summary>
    Letter,

    /// <summary><c>\p{N}</c>.</summary>
    Number,

    /// <summary><c>\s</c> but for the two below.</summary>
    Space,

    /// <summary><c>[\r\n]</c>.</summary>
    NewLine,
}

/// <summary>
/// The class of the character at a place of a UTF-8 text. .NET's categories and white space are those of Unicode 16, as are those of
/// the regular expressions in tokenizers 0.23 and tiktoken 0.12: they were equal for every code point.
/// </summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] s_ascii = [.. Enumerable.Range(0, 128).Select(Classify)];
    private static readonly CharacterClass[]?[] s_pages = new CharacterClass[0x1100][]; // of 256 code points, made when first asked for

    /// <summary>The class of the character that starts at <paramref name="at"/>, and the number of its bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass At(ReadOnlySpan<byte> utf8, int at, out int length)
    {
        var first = utf8[at];
        if (first >= s_ascii.Length)
            return BeyondAscii(utf8[at..], out length);
        length = 1;
        return s_ascii[first];
    }

    /// <summary>The end of the run of characters of a class that starts at <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfRun(ReadOnlySpan<byte> utf8, int at, CharacterClass of)
    {
        while (at < utf8.Length && At(utf8, at, out var length) == of)
            at += length;
        return at;
    }

    /// <summary>The end of the run of white space that starts at <paramref name="at"/>, and where its last character starts.</summary>
    public static int EndOfWhiteSpace(ReadOnlySpan<byte> utf8, int at, out int last, out int endOfLastNewLine)
    {
        last = at;
        endOfLastNewLine = -1;
        while (at < utf8.Length && At(utf8, at, out var length) is var found and >= CharacterClass.Space)
        {
            last = at;
            at += length;
            if (found == CharacterClass.NewLine)
                endOfLastNewLine = at;
        }

        return at;
    }

    private static CharacterClass BeyondAscii(ReadOnlySpan<byte> utf8, out int length)
    {
        if (Rune.DecodeFromUtf8(utf8, out var rune, out length) == OperationStatus.Done)
            return (s_pages[rune.Value >> 8] ??= Page(rune.Value >> 8))[rune.Value & 0xFF];
        length = 1;
        return CharacterClass.Other;
    }

    private static CharacterClass[] Page(int page) => [.. Enumerable.Range(page << 8, 256).Select(Classify)];

    private static CharacterClass Classify(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ when codePoint is '\r' or '\n' => CharacterClass.NewLine,
        _ when Rune.TryCreate(codePoint, out var rune) && Rune.IsWhiteSpace(rune) => CharacterClass.Space,
        _ => CharacterClass.Other,
    };
}
