using System.CommandLine;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Cli;

/// <summary>What every command works with.</summary>
/// <param name="Console">Where it writes.</param>
/// <param name="Self">How the person called this program, for the commands that are suggested.</param>
/// <param name="Streams">Standard input and output as bytes.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record CommandContext(IAnsiConsole Console, string Self, StandardStreams Streams, CancellationToken Cancellation)
{
    /// <summary>The whole command line, as a shell takes it.</summary>
    public string CommandLine { get; init; } = "microgpt";

    /// <summary>Whether a person watches, so that lines may be rewritten.</summary>
    public bool IsInteractive => Console.Profile.Capabilities.Ansi && Console.Profile.Capabilities.Interactive;

    /// <summary>Writes a line as it is: neither wrapped nor coloured.</summary>
    public void WriteLine(string line = "") => Console.Profile.Out.Writer.WriteLine(line);

    /// <summary>The option that every computing command has.</summary>
    public static Option<int?> ThreadsOption() => new("--threads")
    {
        Description = "How many threads compute (default: one a core). The results do not depend on it.",
        HelpName = "N",
    };

    /// <summary>The device that the option asks for.</summary>
    public static Device CreateDevice(int? threads) =>
        threads is null or (>= 1 and <= 1024)
            ? Device.Cpu(threads: threads)
            : throw new ArgumentException($"The number of threads must be from 1 to 1024, not {threads}.");
}
