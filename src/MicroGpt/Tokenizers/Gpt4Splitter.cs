using static MicroGpt.Tokenizers.CharacterClass;
using static MicroGpt.Tokenizers.CharacterClasses;

namespace MicroGpt.Tokenizers;

/// <summary>
/// The pieces of GPT-4 and its relatives: contractions in either case, words with at most one other character before them, numbers
/// of a few digits, punctuation with the line ends behind it, white space up to its last line end (openai/tiktoken,
/// <c>openai_public.py</c>, cl100k_base).
/// </summary>
/// <param name="pattern">The expression, in one of the forms that mean the same.</param>
/// <param name="mostDigits">The most digits of a number.</param>
/// <param name="endTogether">Whether white space at the end of the text is one piece even if a line ends in it.</param>
internal sealed class Gpt4Splitter(string pattern, int mostDigits, bool endTogether) : Splitter
{
    public override string Pattern => pattern;

    /// <summary>The most digits of a number.</summary>
    public int MostDigits => mostDigits;

    public override int Next(ReadOnlySpan<byte> utf8, int start)
    {
        if (utf8[start] == '\'' && Contraction(utf8[(start + 1)..]) is > 0 and var contraction)
            return start + 1 + contraction;

        var found = At(utf8, start, out var length);
        var at = start + length;
        if (found == Letter)
            return EndOfRun(utf8, at, Letter);
        if (found == Number)
            return Digits(utf8, at);

        var behind = at < utf8.Length ? At(utf8, at, out length) : Space;
        if (found != NewLine && behind == Letter)
            return EndOfRun(utf8, at + length, Letter);
        if (found == Other)
            return EndOfRun(utf8, EndOfRun(utf8, at, Other), NewLine);
        if (utf8[start] == ' ' && behind == Other)
            return EndOfRun(utf8, EndOfRun(utf8, at + length, Other), NewLine);

        var end = EndOfWhiteSpace(utf8, start, out var last, out var endOfLastNewLine);
        if (endTogether && end == utf8.Length)
            return end;
        if (endOfLastNewLine >= 0)
            return endOfLastNewLine;
        return end == utf8.Length || last == start ? end : last;
    }

    private int Digits(ReadOnlySpan<byte> utf8, int at)
    {
        for (var digits = 1; digits < mostDigits && at < utf8.Length && At(utf8, at, out var length) == Number; digits++)
            at += length;
        return at;
    }

    /// <summary>How many bytes behind an apostrophe belong to it: s, t, m, d, re, ve, ll in either case, and ſ, which is an s in small.</summary>
    private static int Contraction(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return 0;
        switch (utf8[0] | 0x20)
        {
            case 's' or 't' or 'm' or 'd':
                return 1;
            case 'r' or 'v':
                return utf8.Length > 1 && (utf8[1] | 0x20) == 'e' ? 2 : 0;
            case 'l':
                return utf8.Length > 1 && (utf8[1] | 0x20) == 'l' ? 2 : 0;
            default:
                return utf8 is [0xC5, 0xBF, ..] ? 2 : 0;
        }
    }
}
