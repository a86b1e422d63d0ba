using System.Globalization;
using System.Text.RegularExpressions;

namespace MicroGpt.Cli.Tests.Commands;

public sealed partial class NamesCommandTests
{
    private const int Steps = 1000;

    [Fact]
    public void It_prints_what_microgpt_py_prints_and_the_time_of_a_step()
    {
        var lines = Run("names", "--exact");
        Assert.Equal(3 + Steps + 2 + 20 + 2, lines.Length);
        // Three lines at the head, three steps, and the last step with all that follows.
        string[] shown = [.. lines[..6], "...", .. lines[(2 + Steps)..]];
        Approved.Matches(
            "tests/MicroGpt.Cli.Tests/Snapshots/names", Microseconds().Replace(string.Join('\n', shown), "a step took TIME"));
    }

    [Fact]
    public void The_engine_follows_the_exact_program()
    {
        var (exactLines, lines) = (Run("names", "--exact"), Run("names"));
        Assert.Equal(exactLines.Length, lines.Length);
        Assert.Equal(exactLines[..3], lines[..3]);
        Assert.EndsWith(" (median of 1000; 1 thread, single precision, the engine)", lines[^1], StringComparison.Ordinal);
        var (exact, engine) = (Losses(exactLines), Losses(lines));
        Assert.Equal(exact[0], engine[0], 1e-4);
        Assert.Equal(exact.TakeLast(100).Average(), engine.TakeLast(100).Average(), 0.01);
    }

    [Fact]
    public void Documents_longer_than_the_context_are_learned_from_their_beginning()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("long.txt"), new string('a', 40) + "\nb\n");
        foreach (var exact in (string[][])[["--exact"], []])
        {
            var lines = Run(["names", folder.File("long.txt"), .. exact]);
            Assert.Equal(["num docs: 2", "vocab size: 3", "num params: 3424"], lines[..3]);
            Assert.InRange(Losses(lines)[^1], 0, 0.3);
        }
    }

    [Theory]
    [InlineData("step    3 / 1000", "Stopped after step 3 of 1000.")]
    [InlineData("sample  2:", "Stopped after sample 2 of 20.")]
    public void Ctrl_C_stops_it(string at, string said)
    {
        var (code, output, error) = CommandLine.Run(line => line.StartsWith(at, StringComparison.Ordinal), "names", "--exact");
        Assert.Equal((130, ""), (code, error));
        Assert.Equal(said, output.TrimEnd().Split('\n')[^1]);
    }

    private static string[] Run(params string[] args)
    {
        var (code, output, error) = CommandLine.Run(args);
        Assert.Equal((0, ""), (code, error));
        return output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
    }

    private static double[] Losses(string[] lines) =>
        [.. lines.Skip(3).Take(Steps).Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"a step took [\d.]+ µs")]
    private static partial Regex Microseconds();
}
