using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`train`: whole training steps (forward, backward, AdamW), alone or in turn with a peer.</summary>
internal static class TrainingSteps
{
    private const double WarmupSeconds = 1;
    private const int WarmupSteps = 3;
    private const int LeastTimes = 5;
    private const int StepsOfLoss = 100;

    public static Command Command()
    {
        var name = new Option<string>("--config")
        {
            Description = string.Join("; ", TrainingWork.All.Select(work => $"{work.Name}: {work.Description}")) + ".",
            DefaultValueFactory = _ => "char",
        };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure.", DefaultValueFactory = _ => 8 };
        var steps = new Option<int?>("--steps")
        {
            Description = "Measure whole runs of so many steps, each from the start, as often as the seconds allow: for losses that can be compared (default for microgpt: 1000).",
        };
        var data = new Option<string?>("--data") { Description = "A text to learn from, for losses that can be compared (default: random letters, built-in names)." };
        var command = new Command("train", "Time training steps, alone or in turn with a peer.") { name, threads, seconds, steps, data };
        var peer = new PeerOptions().AddTo(command);
        command.SetAction(parse =>
        {
            var work = TrainingWork.Find(parse.GetValue(name)!);
            var stepsOfRun = parse.GetValue(steps) ?? (work.DataKind == CorpusKind.Lines ? work.Options.Steps : null);
            var own = new List<string>
            {
                "train", "--config", work.Name,
                "--threads", parse.GetValue(threads).ToString(CultureInfo.InvariantCulture),
                "--seconds", parse.GetValue(seconds).ToString(CultureInfo.InvariantCulture),
            };
            if (stepsOfRun is { } count)
                own.AddRange(["--steps", count.ToString(CultureInfo.InvariantCulture)]);
            if (parse.GetValue(data) is { } file)
                own.AddRange(["--data", file]);
            if (peer.Read(parse, own) is { } contest)
                Compete(work, parse.GetValue(threads), contest);
            else
                Measure(work, parse.GetValue(threads), parse.GetValue(seconds), stepsOfRun, parse.GetValue(data));
        });
        return command;
    }

    private static void Measure(TrainingWork work, int threads, double seconds, int? steps, string? data)
    {
        using var device = Device.Cpu(threads: threads);
        var corpus = work.LoadCorpus(data);
        var trainer = Start(steps);
        AnsiConsole.WriteLine(Machine.Description);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{work.Description}; {trainer.Model.ParameterCount:N0} parameters; {device.Description}"));

        // Compiles everything, and fetches the memory. A run that is counted from its start begins anew afterwards.
        var warmup = Stopwatch.StartNew();
        for (var i = 0; i < WarmupSteps || warmup.Elapsed.TotalSeconds < WarmupSeconds; i++)
        {
            if (trainer.Step == trainer.Options.Steps)
                trainer = Start(steps);
            trainer.TrainStep();
        }

        var milliseconds = new List<double>();
        var all = Stopwatch.StartNew();
        var group = work.DataKind == CorpusKind.Lines ? steps ?? 1 : 1; // documents differ in length: the mean over a run
        do
        {
            if (steps is not null)
                trainer = Start(steps);
            for (var i = 0; i < (steps ?? 1); i += group)
                milliseconds.Add(Time(trainer, group) / group);
        }
        while (all.Elapsed.TotalSeconds < seconds || milliseconds.Count < LeastTimes);

        var median = Statistics.Median(milliseconds);
        var loss = trainer.Log.Records.TakeLast(StepsOfLoss).Average(record => record.TrainLoss);
        var rates = work.DataKind == CorpusKind.Lines // whose documents do not fill the context
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" = {work.Tokens / median * 1e3:F0} tokens/s = {work.Flops / median / 1e6:F1} GFLOP/s");
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{work.Name} {median:F5} ms a step{rates} (median of {milliseconds.Count} {(group == 1 ? "steps" : "runs")}), loss {loss:F4}"));

        Trainer Start(int? count) =>
            Trainer.Start(corpus, work.Model, count is null ? work.Options : work.Options with { Steps = count.Value }, device);
    }

    private static double Time(Trainer trainer, int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
            trainer.TrainStep();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Compete(TrainingWork work, int threads, Contest contest)
    {
        var peaks = new List<double>();
        var rounds = contest.Run(beforeEach: () => peaks.Add(MultiplyAddPeak.Measure(threads)));
        var ours = rounds.Select(round => round.Ours[^1]).ToList();
        var peer = rounds.Where(round => round.Peer.Count > 0).Select(round => round.Peer[^1]).ToList();
        var peak = Statistics.Median(peaks);
        var isFull = work.DataKind == CorpusKind.Text;

        var table = new Table().MarkdownBorder().AddColumns($"{work.Name}, {threads} {(threads == 1 ? "thread" : "threads")}", "ms a step", "of the rounds");
        if (isFull)
            table.AddColumns("tokens/s", "GFLOP/s", "of the peak");
        table.AddColumn("loss");
        AddRow("ours", ours);
        if (peer.Count > 0)
            AddRow("peer", peer);
        AnsiConsole.Write(table);
        if (isFull)
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"peak: {peak:F1} GFLOP/s of multiply-adds on {threads} threads (rounds: {Statistics.Spread(peaks)}); a step is {work.Flops / 1e9:F2} GFLOP (6N + 12LCT a token)"));
        if (peer.Count == 0)
            return;
        var pairs = ours.Zip(peer, (mine, theirs) => Milliseconds(theirs) / Milliseconds(mine)).ToList();
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ratio: {Statistics.Median(peer.Select(Milliseconds)) / Statistics.Median(ours.Select(Milliseconds)):F2} times as fast as the peer by the medians (pairs: {Statistics.Spread(pairs)})"));

        double Milliseconds(Figure figure) => figure.Milliseconds(work.Tokens);

        void AddRow(string name, IReadOnlyList<Figure> figures)
        {
            var times = figures.Select(Milliseconds).ToList();
            var median = Statistics.Median(times);
            var losses = figures.Where(figure => figure.Loss is not null).Select(figure => figure.Loss!.Value).ToList();
            var cells = new List<string> { name, Statistics.Digits(median), Statistics.Spread(times) };
            if (isFull)
                cells.AddRange(
                [
                    (work.Tokens / median * 1e3).ToString("N0", CultureInfo.InvariantCulture),
                    Statistics.Digits(work.Flops / median / 1e6),
                    (work.Flops / median / 1e6 / peak).ToString("P0", CultureInfo.InvariantCulture),
                ]);
            cells.Add(losses.Count == 0 ? "not printed" : Statistics.Median(losses).ToString("F4", CultureInfo.InvariantCulture));
            table.AddRow([.. cells]);
        }
    }
}
