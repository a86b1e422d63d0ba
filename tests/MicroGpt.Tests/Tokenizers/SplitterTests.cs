using System.Text;
using System.Text.RegularExpressions;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class SplitterTests
{
    public static TheoryData<string> Patterns => [.. RecordedTokenizers.Patterns.Select(pattern => pattern.Name)];

    [Theory]
    [InlineData("gpt2", "I'm  here, it's 1234 o'clock!?\n\n  yes ", "I|'m| | here|,| it|'s| 1234| o|'|clock|!?|\n\n | yes| ")]
    [InlineData("cl100k", "I'M  here, (it)'s 1234!?\n\n  yes\n  ", "I|'M| | here|,| (|it|)'|s| |123|4|!?\n\n| | yes|\n  ")]
    [InlineData("llama3", "x\n  ", "x|\n|  ")]
    [InlineData("qwen", "a 12\u00bd", "a| |1|2|\u00bd")]
    [InlineData("nanochat", "12345 'sabc", "12|34|5| '|sabc")]
    [InlineData("o200k", "McDonald isn't HTTPServer a/b/\n", "Mc|Donald| isn't| HTTPServer| a|/b|/\n")]
    public void Known_cases(string name, string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces(Splitter.FromPattern(Pattern(name)), Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString)));

    [Theory]
    [InlineData("a 12  3b  ", "a| |1|2|  |3|b|  ")]
    [InlineData("it's 5'5", "it|'s| |5|'|5")]
    public void Digits_alone(string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces(Splitter.Gpt2DigitsAlone, Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString)));

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Loops_by_hand_cut_as_the_pattern_does(string name)
    {
        var splitter = Splitter.FromPattern(Pattern(name));
        var twin = new PatternSplitter(Pattern(name));
        foreach (var text in RecordedTokenizers.DrawnTexts().Append(RecordedTokenizers.Samples))
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            for (var start = 0; start < utf8.Length;)
            {
                var end = twin.Next(utf8, start);
                Assert.True(end == splitter.Next(utf8, start), $"{text} at byte {start}");
                start = end;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Bytes_at_random_are_cut_as_the_pattern_does(string name)
    {
        var splitter = Splitter.FromPattern(Pattern(name));
        var twin = new PatternSplitter(Pattern(name));
        var random = new MersenneTwister(3);
        byte[] bytes = [0x20, 0x0A, (byte)'a', (byte)'1', (byte)'\'', (byte)'s', 0xC5, 0xBF, 0xE4, 0xB8, 0xAD, 0xED, 0xA0, 0x80, 0xF0, 0x9F, 0x98, 0x80, 0xFF, 0xC2, 0xA0];
        for (var i = 0; i < 3000; i++)
        {
            var text = new byte[1 + random.NextInt32(12)];
            for (var j = 0; j < text.Length; j++)
                text[j] = bytes[random.NextInt32(bytes.Length)];
            Assert.Equal(Pieces(twin, text).Select(piece => piece.Length), Pieces(splitter, text).Select(piece => piece.Length));
        }
    }

    /// <summary>In the first plane .NET's own engine can judge; beyond it takes surrogates for characters.</summary>
    [Theory]
    [MemberData(nameof(Patterns))]
    public void The_matcher_cuts_as_NETs_regular_expressions_do(string name)
    {
        // .NET knows no possessive quantifiers, and its $ matches before a last line end too.
        var pattern = Regex.Replace(Pattern(name), @"(\[[^\]]*\]|\\p\{\w\}|\\s)(\?|\+|\*|\{[0-9,]+\})\+", "(?>$1$2)").Replace("$", @"\z", StringComparison.Ordinal);
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        var splitter = new PatternSplitter(Pattern(name));
        foreach (var text in RecordedTokenizers.DrawnTexts().Where(text => !text.Any(char.IsSurrogate) && !text.Contains('\u017f')))
            Assert.Equal(
                regex.Matches(text).Select(match => match.Value),
                Pieces(splitter, Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString));
    }

    [Theory]
    [InlineData(@"\p{Han}+", "a class of characters that is no general category")]
    [InlineData(@"\w+", @"\w")]
    [InlineData("(a", "an opening parenthesis without its closing one")]
    [InlineData("a)", "a closing parenthesis without its opening one")]
    [InlineData("[a", "a set without its closing bracket")]
    [InlineData("[a&&b]", "a set inside a set")]
    [InlineData("[z-a]", "a range of this kind")]
    [InlineData("(ab)+", "a quantifier behind a group")]
    [InlineData("a+?", "a quantifier that takes as few as it can")]
    [InlineData("a{x}", "a quantifier that is no number")]
    [InlineData("a{99999999999}", "a quantifier that is no number")]
    [InlineData("(?<=a)b", "a group of this kind")]
    [InlineData("^a", "^ at this place")]
    [InlineData("a\\", "a \\ at the end")]
    public void What_a_pattern_has_that_cant_be_followed_is_named(string pattern, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => Splitter.FromPattern(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parentheses_nested_too_deep_are_refused() =>
        Assert.Throws<ArgumentException>(() => Splitter.FromPattern(new string('(', 100_000)));

    [Theory]
    [InlineData("a.", "xxaby\n", "xx|ab|y\n")]
    [InlineData("(?:ab|a)b?c", "abbcabc", "abbc|abc")]
    [InlineData("(?>ab|a)bc", "abcabbc", "abc|abbc")]
    [InlineData("x(?=y)|z(?!\\S)", "xxyz zy", "x|x|y|z| zy")]
    [InlineData("[\\]\\-x-]+|[^a-c]", "-]xab", "-]x|ab")]
    [InlineData("\\d{2}|\\D{2,}", "123ab", "12|3|ab")]
    [InlineData("(?i:k)s", "Ksk\u212as", "Ks|k|\u212as")]
    public void A_pattern_of_ones_own(string pattern, string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces(Splitter.FromPattern(pattern), Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString)));

    private static string Pattern(string name) => RecordedTokenizers.Patterns.Single(pattern => pattern.Name == name).Pattern;

    private static List<byte[]> Pieces(Splitter splitter, byte[] utf8)
    {
        List<byte[]> pieces = [];
        for (int start = 0, end; start < utf8.Length; start = end)
        {
            end = splitter.Next(utf8, start);
            Assert.InRange(end, start + 1, utf8.Length);
            pieces.Add(utf8[start..end]);
        }

        return pieces;
    }
}
