using System.Text;
using System.Text.RegularExpressions;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli.Tests;

/// <summary>What became of a command line: its exit code and what it wrote.</summary>
internal sealed record Outcome(int Code, string Output, string Error);

/// <summary>The whole command line run within the test, on a console of 100 columns without colours.</summary>
internal static partial class CommandLine
{
    public const string Text = "the quick brown fox jumps over the lazy dog and the dog sleeps on while the fox runs away\n";

    public static Outcome Run(params string[] args) => Run(_ => false, args);

    /// <summary>Runs, and presses Ctrl-C as soon as a line is written that pleases.</summary>
    public static Outcome Run(Func<string, bool> interruptAt, params string[] args) => Run(interruptAt, [], out _, args);

    /// <summary>Runs with bytes on standard input, and gives what was written to standard output as bytes.</summary>
    public static Outcome Run(byte[] input, out byte[] bytes, params string[] args) => Run(_ => false, input, out bytes, args);

    private static Outcome Run(Func<string, bool> interruptAt, byte[] input, out byte[] bytes, string[] args)
    {
        using var standardOutput = new MemoryStream();
        using var interrupt = new Interrupt();
        using var output = new WatchedWriter(line =>
        {
            if (interruptAt(line))
                interrupt.Request();
        });
        var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 100;
        var streams = new StandardStreams(() => new MemoryStream(input), () => standardOutput);
        var code = new App(console, error, interrupt, streams: streams).Run(args);
        bytes = standardOutput.ToArray();
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>A training run of a second or less, with more options behind it.</summary>
    public static string[] Train(string data, string folder, params string[] more) =>
    [
        "train", "--data", data, "--out", folder, "--layers", "1", "--heads", "2", "--width", "8", "--context", "8", "--batch", "2",
        "--steps", "8", "--warmup", "2", "--lr", "0.01", "--eval-every", "4", "--save-every", "3", "--threads", "1", .. more,
    ];

    /// <summary>All files of a folder with their bytes; of a log, its steps without their times.</summary>
    public static Dictionary<string, byte[]> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            path => Path.GetRelativePath(folder, path), path => Path.GetFileName(path) == JsonLinesLog.FileName ? StepsOf(path) : File.ReadAllBytes(path));

    private static byte[] StepsOf(string log) => Encoding.UTF8.GetBytes(string.Join(
        '\n', File.ReadLines(log).Where(line => line.Contains("\"event\":\"step\"", StringComparison.Ordinal)).Select(line => Time().Replace(line, ""))));

    /// <summary>Asserts that two folders hold the same files, byte for byte.</summary>
    public static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), $"{file.Key} differs."));
    }

    [GeneratedRegex("\"(elapsed|seconds)\":[^,}]+")]
    private static partial Regex Time();

    private sealed class WatchedWriter(Action<string> onLine) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            onLine(value ?? "");
        }
    }
}
