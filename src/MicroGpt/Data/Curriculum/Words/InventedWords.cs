using System.Text;

namespace MicroGpt.Data.Curriculum.Words;

/// <summary>
/// Words that sound like words and are none: with names that never come twice, a model learns to copy a name instead of
/// remembering a list, and with words that mean nothing to spell instead of to recall. Every second one to learn from is the
/// beginning of one word and the end of another ("canket"): syllables alone are made of too few tokens for who is to copy any word.
/// </summary>
internal static class InventedWords
{
    private static readonly string[] s_onsets =
        ["b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s", "sh", "st", "t", "tr", "v", "w", "y", "z", "th", "ch", "sk"];

    private static readonly string[] s_vowels = ["a", "e", "i", "o", "u", "a", "e", "o", "ai", "ee", "oo", "ea"];

    private static readonly string[] s_codas = ["", "", "", "n", "l", "r", "m", "s", "t", "nd", "ck", "x", "lt", "rn", "p", "d", "g", "b", "f", "ll", "tt"];

    private static readonly string[] s_middles = ["", "", "", "n", "l", "r", "m", "s"];

    private static readonly HashSet<string> s_listed =
    [
        .. EnglishWords.Lexicon.All.Append(SpellingWords.Words).SelectMany(fillers => fillers.HeldOut.Concat(fillers.Training))
            .SelectMany(word => (string[])[word, Language.English.Plural(word)]).Select(word => word.ToLowerInvariant()),
    ];

    // Words to learn from, of which halves are taken.
    private static readonly string[] s_whole =
    [
        .. EnglishWords.Lexicon.All.Append(SpellingWords.Words).SelectMany(fillers => fillers.Training)
            .Select(word => word.ToLowerInvariant()).Where(word => word.Length >= 3 && word.All(char.IsAsciiLetter)).Distinct(),
    ];

    /// <summary>An invented word in lower case that belongs to the part and is no held-out word of a list.</summary>
    public static string Next(Draw draw)
    {
        var isTest = draw.Part == CurriculumPart.Test;
        var shortest = isTest ? 6 : 4;
        while (true)
        {
            var text = !isTest && draw.Chance(0.5) ? OfHalves(draw) : OfSyllables(draw);
            if (text.Length >= shortest && text.Length <= 10 && !s_listed.Contains(text) && IsHeldOut(text) == isTest)
                return text;
        }
    }

    private static string OfSyllables(Draw draw)
    {
        var word = new StringBuilder();
        for (var syllable = 1 + draw.Index(3); syllable > 0; syllable--)
            word.Append(draw.Pick(s_onsets)).Append(draw.Pick(s_vowels)).Append(draw.Pick(syllable > 1 ? s_middles : s_codas));
        return word.ToString();
    }

    private static string OfHalves(Draw draw)
    {
        var (first, second) = (draw.Pick(s_whole), draw.Pick(s_whole));
        return first[..(1 + draw.Index(first.Length - 1))] + second[(1 + draw.Index(second.Length - 1))..];
    }

    /// <summary>An invented name.</summary>
    public static string Name(Draw draw) => Language.English.Capitalised(Next(draw));

    /// <summary>Whether an invented word belongs to the test: a seventh of them, by their letters alone.</summary>
    public static bool IsHeldOut(string word)
    {
        var sum = 0;
        foreach (var letter in word)
            sum = (sum * 31 + char.ToLowerInvariant(letter)) % 9973;
        return sum % 7 == 3;
    }
}
