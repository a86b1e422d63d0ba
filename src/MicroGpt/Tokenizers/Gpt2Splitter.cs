using static MicroGpt.Tokenizers.CharacterClass;
using static MicroGpt.Tokenizers.CharacterClasses;

namespace MicroGpt.Tokenizers;

/// <summary>
/// GPT-2's pieces: contractions, and words, numbers and punctuation with at most one space before them; white space keeps its last
/// character for the word behind it (openai/gpt-2, <c>encoder.py</c>).
/// </summary>
/// <param name="pattern">The expression, in one of the forms that mean the same.</param>
/// <param name="digitsAlone">
/// Whether every digit is a piece of its own before the expression sees the text between them, as Hugging Face's <c>Digits</c> does.
/// </param>
internal sealed class Gpt2Splitter(string pattern, bool digitsAlone) : Splitter
{
    public override string Pattern => pattern;

    /// <summary>Whether every digit is a piece of its own.</summary>
    public bool DigitsAlone => digitsAlone;

    public override int Next(ReadOnlySpan<byte> utf8, int start)
    {
        if (utf8[start] == '\'' && Contraction(utf8[(start + 1)..]) is > 0 and var contraction)
            return start + 1 + contraction;

        var found = At(utf8, start, out var length);
        var at = start + length;
        if (utf8[start] == ' ' && at < utf8.Length && !(digitsAlone && At(utf8, at, out _) == Number))
        {
            found = At(utf8, at, out length);
            if (found < Space)
                at += length;
        }

        if (found < Space)
            return digitsAlone && found == Number ? at : EndOfRun(utf8, at, found);

        var end = EndOfWhiteSpace(utf8, start, out var last, out _);
        var isLast = end == utf8.Length || (digitsAlone && At(utf8, end, out _) == Number);
        return isLast || last == start ? end : last;
    }

    /// <summary>How many bytes behind an apostrophe belong to it: s, t, m, d, re, ve, ll.</summary>
    private static int Contraction(ReadOnlySpan<byte> utf8) => utf8 switch
    {
        [(byte)'s' or (byte)'t' or (byte)'m' or (byte)'d', ..] => 1,
        [(byte)'r' or (byte)'v', (byte)'e', ..] or [(byte)'l', (byte)'l', ..] => 2,
        _ => 0,
    };
}
