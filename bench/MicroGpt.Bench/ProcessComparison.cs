using System.CommandLine;

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
        Measurement.PrintMachine();
        var (a, b) = (new List<double>(), new List<double>());
        for (var run = 0; run < warmup + runs; run++)
        {
            var first = Measurement.Time(ours).End;
            var second = peer is null ? double.NaN : Measurement.Time(peer).End;
            if (run < warmup)
                continue;
            a.Add(first);
            b.Add(second);
        }

        Measurement.Print($"ours  {Measurement.Median(a):F3} s (of {runs}, from {a.Min():F3} to {a.Max():F3})  {ours}");
        if (peer is null)
            return;
        Measurement.Print($"peer  {Measurement.Median(b):F3} s (of {runs}, from {b.Min():F3} to {b.Max():F3})  {peer}");
        Measurement.Print($"ratio {Measurement.Median(a.Zip(b, (x, y) => y / x)):F2} times as fast as the peer (median of the pairs)");
    }
}
