using System.Globalization;
using System.Text.RegularExpressions;

namespace MicroGpt.Cli.Tests;

/// <summary>The memory that a run is said to take is what its process takes, within 5%.</summary>
public sealed partial class MemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("gpt2")]
    [InlineData("gpt2", "--recompute")]
    [InlineData("gpt2", "--recompute", "--accumulate", "3")]
    [InlineData("llama")]
    public void A_process_takes_what_it_said(string preset, params string[] more)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var (_, program) = Run(preset, "--layers", "1", "--heads", "1", "--width", "2", "--context", "2", "--batch", "1");
        var (said, peak) = Run([preset, "--layers", "10", "--heads", "8", "--width", "768", "--context", "512", "--batch", "2", .. more]);
        Assert.InRange(peak - program, 0.95 * said, 1.05 * said);
    }

    /// <summary>Trains for two steps.</summary>
    /// <returns>What it said it takes, and the most that it took until the second step was done.</returns>
    private (double Said, long Peak) Run(params string[] preset)
    {
        var data = _folder.File("text.txt");
        File.WriteAllText(data, string.Concat(Enumerable.Repeat(CommandLine.Text, 10)));
        using var process = new CommandLineProcess(
            CommandLineProcess.Built,
            ["train", "--data", data, "--out", _folder.File(Guid.NewGuid().ToString()), "--plain", "--steps", "2", "--threads", "2", "--val-fraction", "0",
                "--eval-every", "9", "--save-every", "9", "--preset", .. preset]);
        var (said, peak) = (0.0, 0L);
        while (process.ReadLine() is { } line)
        {
            if (Takes().Match(line) is { Success: true } match)
                said = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * (match.Groups[2].Value[0] switch { 'G' => 1 << 30, 'M' => 1 << 20, _ => 1 << 10 });
            if (line.StartsWith("step      2 / 2", StringComparison.Ordinal))
                peak = process.PeakBytes ?? peak;
        }

        Assert.Equal((0, ""), (process.WaitForExit(), process.Error));
        return (said, peak);
    }

    [GeneratedRegex(@"^Takes: ([0-9.]+) ([KMG])iB of memory")]
    private static partial Regex Takes();
}
