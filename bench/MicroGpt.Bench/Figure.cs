using System.Globalization;
using System.Text.RegularExpressions;

namespace MicroGpt.Bench;

/// <summary>
/// One figure as a program prints it, ours and a peer's alike: a line with a name, a number and its unit, and perhaps a loss,
/// <c>gelu-tanh 768x512 2.5e9 elements/s</c> or <c>step 7: loss 3.21 (took 28.3 ms)</c>.
/// </summary>
/// <param name="Name">What stands before the number.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">One of <see cref="DefaultPattern"/>'s.</param>
/// <param name="Loss">The number behind the word "loss" in that line, if there is one.</param>
internal sealed partial record Figure(string Name, double Value, string Unit, double? Loss)
{
    /// <summary>The first number of a line that has a known unit.</summary>
    [GeneratedRegex(@"(?<value>\d[\d,]*\.?\d*(?:[eE][+-]?\d+)?)\s*(?<unit>tokens/s|tok/s|GFLOP/s|elements/s|bytes/s|ms|us|µs)(?![\w/])")]
    public static partial Regex DefaultPattern { get; }

    [GeneratedRegex(@"\bloss[\s=:]+(?<value>\d+\.?\d*(?:[eE][+-]?\d+)?)")]
    private static partial Regex LossPattern { get; }

    /// <summary>The figures in a program's output, one a line at most.</summary>
    /// <param name="output">What the program wrote.</param>
    /// <param name="pattern">Finds a number in its group <c>value</c> and its unit in <c>unit</c>; without that group it is ms.</param>
    public static IReadOnlyList<Figure> ReadAll(string output, Regex pattern)
    {
        var figures = new List<Figure>();
        foreach (var line in output.AsSpan().EnumerateLines())
        {
            var text = line.ToString();
            var match = pattern.Match(text);
            if (!match.Success)
                continue;
            var unit = match.Groups["unit"] is { Success: true } found ? found.Value : "ms";
            var loss = LossPattern.Match(text);
            figures.Add(new Figure(
                text[..match.Groups["value"].Index].Trim(),
                Number(match.Groups["value"].Value),
                unit,
                loss.Success ? Number(loss.Groups["value"].Value) : null));
        }

        return figures;
    }

    /// <summary>The time of a step in milliseconds.</summary>
    /// <param name="tokens">The tokens of a step, for figures in tokens a second.</param>
    public double Milliseconds(int tokens) => Unit switch
    {
        "ms" => Value,
        "us" or "µs" => Value / 1e3,
        "tokens/s" or "tok/s" => tokens / Value * 1e3,
        _ => throw new ArgumentException($"{Value} {Unit} is not the time of a step."),
    };

    private static double Number(string digits) => double.Parse(digits.Replace(",", ""), NumberStyles.Float, CultureInfo.InvariantCulture);
}
