using System.Text;

namespace MicroGpt.Cli.Report;

/// <summary>Text from anywhere (a model, a file) made fit to be shown in Markdown, HTML and SVG, as text and nothing else.</summary>
internal static class Visible
{
    private const string Special = "\\`*_[]<>#|~&$"; // anywhere in a line of Markdown
    private const string SpecialAtStart = "-+=";

    /// <summary>The text without characters that no page may hold: controls become their pictures, halves of surrogate pairs U+FFFD.</summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // halves become U+FFFD here
        {
            shown.Append(rune.Value switch
            {
                '\n' or '\t' => rune.ToString(),
                < ' ' => ((char)(0x2400 + rune.Value)).ToString(),
                0x7f => "\u2421",
                >= 0x80 and < 0xa0 or 0xfffe or 0xffff => "\ufffd",
                >= 0x202a and <= 0x202e or >= 0x2066 and <= 0x2069 => "\ufffd", // these turn round how all that follows is read
                _ => rune.ToString(),
            });
        }

        return shown.ToString();
    }

    /// <summary>The text within a line of Markdown.</summary>
    public static string Inline(string text)
    {
        var line = new StringBuilder();
        var shown = Text(text.ReplaceLineEndings(" ")).Replace('\t', ' ').Trim();
        var digits = shown.TakeWhile(char.IsAsciiDigit).Count();
        for (var i = 0; i < shown.Length; i++)
        {
            var beginsBlock = i == 0 ? SpecialAtStart.Contains(shown[i], StringComparison.Ordinal)
                : i == digits && shown[i] is ('.' or ')') && (i + 1 == shown.Length || shown[i + 1] == ' '); // 1. and 1) begin lists
            if (beginsBlock || Special.Contains(shown[i], StringComparison.Ordinal))
                line.Append('\\');
            line.Append(shown[i]);
        }

        return line.ToString();
    }

    /// <summary>The text as a block of Markdown that nothing in it can end.</summary>
    public static string Block(string text, string language = "text")
    {
        var content = Text(text.ReplaceLineEndings("\n"));
        var (longest, run) = (2, 0);
        foreach (var character in content)
            longest = Math.Max(longest, run = character == '`' ? run + 1 : 0);
        var fence = new string('`', longest + 1);
        return $"{fence}{language}\n{content}\n{fence}\n";
    }
}
