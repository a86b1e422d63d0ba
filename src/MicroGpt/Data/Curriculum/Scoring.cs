using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Curriculum;

/// <summary>Scores replies by the rules that held-out examples name.</summary>
public static partial class Scoring
{
    /// <summary>The tool of an example that needs none.</summary>
    public const string NoTool = "none";

    /// <summary>The calculator's name; its calls are bare expressions.</summary>
    public const string CalculatorTool = "calculator";

    /// <summary>Whether a reply is right.</summary>
    /// <exception cref="ArgumentException">The example is a document, which has no reply.</exception>
    public static bool IsRight(Example example, Message reply)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(reply);
        return example.Rule switch
        {
            ScoringRule.Exact => Accepts(example, reply.Text),
            ScoringRule.Number => LastNumber(reply.Text) is { } number && example.Accepted.Contains(number),
            ScoringRule.Calculated => LastNumber(reply.Text) is { } number && example.Accepted.Contains(number)
                && FirstCall(reply) is { } call && Calculator.Evaluate(call) == number,
            ScoringRule.Letters => example.Accepted.Contains(SingleLetters(reply.Text)),
            ScoringRule.Quoted => IsQuoted(example, reply.Text),
            ScoringRule.Tool => example.Accepted.Contains(ToolOf(reply)),
            _ => throw new ArgumentException("A document is scored by bits per byte; there is no reply to it.", nameof(example)),
        };
    }

    /// <summary>The tool that a reply calls first, by name, or <see cref="NoTool"/>.</summary>
    public static string ToolOf(Message reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (FirstCall(reply) is not { } call)
            return NoTool;
        var name = call.Split('(')[0].Trim();
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : CalculatorTool;
    }

    private static string? FirstCall(Message reply) => reply.Parts.OfType<PythonPart>().FirstOrDefault()?.Code;

    /// <summary>A sentence without what does not count: case, spaces round it and doubled, the mark at its end.</summary>
    internal static string Normalised(string text) =>
        Blanks().Replace(text, " ").Trim().TrimEnd('.', '!', '。', '！').ToLowerInvariant();

    /// <summary>The last number in a text, in digits, or null.</summary>
    internal static string? LastNumber(string text)
    {
        var numbers = NumberInDigits().Matches(text);
        return numbers.Count == 0 ? null : numbers[^1].Value;
    }

    private static bool Accepts(Example example, string text)
    {
        var given = Normalised(text);
        return example.Accepted.Any(accepted => Normalised(accepted) == given);
    }

    private static string SingleLetters(string text)
    {
        var letters = new StringBuilder();
        foreach (Match word in Word().Matches(text))
            if (new StringInfo(word.Value).LengthInTextElements == 1)
                letters.Append(word.Value.ToLowerInvariant());
        return letters.ToString();
    }

    // The sentence Answer: …, or the beginning of one and, behind an ellipsis, that it is not said.
    private static bool IsQuoted(Example example, string text)
    {
        var form = Quotation().Match(text);
        if (form.Success)
            return form.Groups["quote"].Length > 0
                && example.Prompt.Contains(form.Groups["quote"].Value, StringComparison.Ordinal)
                && Accepts(example, form.Groups["answer"].Value);
        return Accepts(example, text.Split("...")[^1].Split("……")[^1]);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(?<![\d.])-?[0-9]+(?:\.[0-9]+)?")]
    private static partial Regex NumberInDigits();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*(?:Let me see:\s*)?(?<quote>.*?)\s*(?:Answer: |答案：)(?<answer>.*)$", RegexOptions.Singleline)]
    private static partial Regex Quotation();
}
