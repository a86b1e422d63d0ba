using System.Diagnostics;
using System.Text.RegularExpressions;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>
/// Two programs in turn, round after round, so that a machine whose speed changes changes it for both. Ours is this program in
/// a new process, so that each round has its own memory, as each of the peer's has; its output is read as the peer's is.
/// </summary>
/// <param name="OwnArguments">The arguments with which this program measures once.</param>
/// <param name="Peer">The peer's command line, or null for none.</param>
/// <param name="PeerPattern">Finds the peer's figures.</param>
/// <param name="Rounds">How often each is run.</param>
/// <param name="BusyCores">Threads of a third process that compute beside both.</param>
internal sealed record Contest(IReadOnlyList<string> OwnArguments, string? Peer, Regex PeerPattern, int Rounds, int BusyCores)
{
    /// <summary>Runs the rounds.</summary>
    /// <param name="beforeEach">What else to measure in every round, while nothing else runs.</param>
    /// <returns>The figures of every round.</returns>
    public IReadOnlyList<(IReadOnlyList<Figure> Ours, IReadOnlyList<Figure> Peer)> Run(Action? beforeEach = null)
    {
        AnsiConsole.WriteLine(Machine.Description);
        AnsiConsole.WriteLine($"ours: {string.Join(' ', OwnArguments)}");
        AnsiConsole.WriteLine($"peer: {Peer ?? "none"}");
        AnsiConsole.WriteLine($"{Rounds} rounds{(BusyCores > 0 ? $", beside another process that keeps {BusyCores} of the cores busy" : "")}");
        var results = new List<(IReadOnlyList<Figure>, IReadOnlyList<Figure>)>();
        var waited = ProcessorPressure.SecondsWaited();
        var watch = Stopwatch.StartNew();
        for (var round = 1; round <= Rounds; round++)
        {
            beforeEach?.Invoke();
            using var busy = new BusyProcess(BusyCores);
            var ours = Figure.ReadAll(CommandLine.OutputOfSelf(OwnArguments), Figure.DefaultPattern);
            var peer = Peer is null ? [] : Figure.ReadAll(CommandLine.Output(Peer), PeerPattern);
            if (Peer is not null && peer.Count == 0)
                throw new InvalidOperationException($"No line of the peer's output has a figure that {PeerPattern} finds.");
            AnsiConsole.WriteLine($"round {round}: ours {Last(ours)}, peer {Last(peer)}");
            results.Add((ours, peer));
        }

        if (ProcessorPressure.SecondsWaited() - waited is { } more)
            AnsiConsole.WriteLine($"some thread of the machine waited for a core in {more / watch.Elapsed.TotalSeconds:P0} of the time");
        return results;
    }

    private static string Last(IReadOnlyList<Figure> figures) =>
        figures.Count == 0 ? "–" : $"{Statistics.Digits(figures[^1].Value)} {figures[^1].Unit}";
}
