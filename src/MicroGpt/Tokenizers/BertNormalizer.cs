using System.Globalization;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// What BERT does to a text before it looks for words (google-research/bert, <c>BasicTokenizer</c>), as Hugging Face's
/// <c>BertNormalizer</c> and <c>BertPreTokenizer</c> do it. Characters have the categories of this program's Unicode; that library's
/// are those of Unicode 8, so marks and punctuation of scripts that came later differ.
/// </summary>
internal sealed class BertNormalizer(WordPieceOptions options)
{
    private const int CapitalIWithDot = 0x130; // the one letter whose lower case is two characters

    private readonly bool _stripAccents = options.StripAccents ?? options.Lowercase;

    /// <summary>The normalized text, in which Chinese characters stand between spaces.</summary>
    public string Normalize(ReadOnlySpan<char> text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // a lone half of a surrogate pair comes as U+FFFD
        {
            if (options.CleanText && IsDropped(rune))
                continue;
            if (options.SplitChineseCharacters && IsChinese(rune.Value))
                output.Append(' ').Append(rune).Append(' ');
            else
                output.Append(rune);
        }

        var normalized = output.ToString();
        if (_stripAccents)
            normalized = Rewrite(UnicodeNormalization.Normalize(normalized, NormalizationForm.FormD), WithoutMark);
        return options.Lowercase ? Rewrite(normalized, Lower) : normalized;
    }

    /// <summary>Finds the next word of a normalized text: white space ends it, and a punctuation mark is a word of its own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">Where the word before ended; becomes where this one ends.</param>
    /// <returns>The word, empty behind the last.</returns>
    public static ReadOnlySpan<char> NextWord(ReadOnlySpan<char> text, ref int end)
    {
        var start = end;
        while (end < text.Length)
        {
            Rune.DecodeFromUtf16(text[end..], out var rune, out var length);
            var isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace || IsPunctuation(rune))
            {
                if (end > start)
                    break;
                end += length;
                if (!isSpace)
                    break;
                start = end;
            }
            else
            {
                end += length;
            }
        }

        return text[start..end];
    }

    private static string Rewrite(string text, Action<Rune, StringBuilder> rewrite)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            rewrite(rune, output);
        return output.ToString();
    }

    private static void WithoutMark(Rune rune, StringBuilder output)
    {
        if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            output.Append(rune);
    }

    private static void Lower(Rune rune, StringBuilder output)
    {
        if (rune.Value == CapitalIWithDot)
            output.Append("i\u0307");
        else
            output.Append(Rune.ToLowerInvariant(rune));
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0 or 0xFFFD || rune.Value is not ('\t' or '\n' or '\r')
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~'
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    /// <summary>The blocks of ideographs; kana and Hangul write words with spaces or endings and are not among them.</summary>
    private static bool IsChinese(int codePoint) => codePoint is
        >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B81F
        or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
