using System.CommandLine;
using System.Globalization;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`compare`: two command lines in turn, from start to end.</summary>
internal static class ProcessComparison
{
    public static Command Command()
    {
        var ours = new Argument<string>("command") { Description = "Our command line." };
        var peer = new Option<string?>("--peer") { Description = "The peer's command line, run in turn with ours." };
        var runs = new Option<int>("--runs") { Description = "Counted runs of each.", DefaultValueFactory = _ => 5 };
        var warmup = new Option<int>("--warmup") { Description = "Runs before them that warm the caches.", DefaultValueFactory = _ => 1 };
        var command = new Command("compare", "Time whole programs, alone or in turn with a peer.") { ours, peer, runs, warmup };
        command.SetAction(parse => Run(parse.GetValue(ours)!, parse.GetValue(peer), parse.GetValue(runs), parse.GetValue(warmup)));
        return command;
    }

    private static void Run(string ours, string? peer, int runs, int warmup)
    {
        AnsiConsole.WriteLine(Machine.Description);
        var (a, b) = (new List<double>(), new List<double>());
        for (var run = 0; run < warmup + runs; run++)
        {
            var first = CommandLine.Time(ours).End;
            var second = peer is null ? double.NaN : CommandLine.Time(peer).End;
            if (run < warmup)
                continue;
            a.Add(first);
            b.Add(second);
        }

        var table = new Table().MarkdownBorder().AddColumns("", "seconds", $"of {runs} runs", "command");
        table.AddRow("ours", Statistics.Digits(Statistics.Median(a)), Statistics.Spread(a), Markup.Escape(ours));
        if (peer is not null)
            table.AddRow("peer", Statistics.Digits(Statistics.Median(b)), Statistics.Spread(b), Markup.Escape(peer));
        AnsiConsole.Write(table);
        if (peer is not null)
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"ratio: {Statistics.Median(b) / Statistics.Median(a):F2} times as fast as the peer by the medians"));
    }
}
