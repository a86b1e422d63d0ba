using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`operations`: where the time of a training step goes, operation by operation, beside what its multiply-adds alone would take.</summary>
internal static class StepOperations
{
    private const double WarmupSeconds = 1.5;
    private const string Rest = "optimizer, batch";

    public static Command Command()
    {
        var name = new Option<string>("--config") { Description = "The work, as of train.", DefaultValueFactory = _ => "char" };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure.", DefaultValueFactory = _ => 8 };
        var command = new Command("operations", "Time the operations of a training step one by one, beside the time of their multiply-adds.") { name, threads, seconds };
        command.SetAction(parse => Measure(TrainingWork.Find(parse.GetValue(name)!), parse.GetValue(threads), parse.GetValue(seconds)));
        return command;
    }

    private static void Measure(TrainingWork work, int threads, double seconds)
    {
        using var device = Device.Cpu(threads: threads);
        var trainer = Trainer.Start(work.LoadCorpus(null), work.Model, work.Options with { Steps = int.MaxValue }, device);
        var warmup = Stopwatch.StartNew();
        do
            trainer.TrainStep();
        while (warmup.Elapsed.TotalSeconds < WarmupSeconds);

        var peak = MultiplyAddPeak.Measure(threads);
        var parts = new Dictionary<string, Part>();
        var last = 0L;
        trainer.Tape.AfterOperation = (record, backward) =>
        {
            var now = Stopwatch.GetTimestamp();
            Add(NameOf(record, backward), now - last, FlopsOf(record, backward));
            last = Stopwatch.GetTimestamp();
        };
        var (steps, all) = (0, Stopwatch.StartNew());
        do
        {
            last = Stopwatch.GetTimestamp();
            trainer.TrainStep();
            Add(Rest, Stopwatch.GetTimestamp() - last, 0);
            steps++;
        }
        while (all.Elapsed.TotalSeconds < seconds);

        AnsiConsole.WriteLine(Machine.Description);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{work.Description}; {device.Description}; peak {peak:F1} GFLOP/s of multiply-adds; means of {steps} steps"));
        var table = new Table().MarkdownBorder().AddColumns("operation", "a step", "ms", "multiply-adds at the peak, ms", "of the peak");
        foreach (var (operation, part) in parts.OrderByDescending(pair => pair.Value.Ticks))
            AddRow(operation, part);
        AddRow("a step", parts.Values.Aggregate(new Part(0, 0, 0), (sum, part) => new(sum.Count, sum.Ticks + part.Ticks, sum.Flops + part.Flops)));
        AnsiConsole.Write(table);

        void Add(string operation, long ticks, double flops)
        {
            var part = parts.GetValueOrDefault(operation);
            parts[operation] = new(part.Count + 1, part.Ticks + ticks, part.Flops + flops);
        }

        void AddRow(string operation, Part part)
        {
            var milliseconds = part.Ticks * 1e3 / Stopwatch.Frequency / steps;
            var floor = part.Flops / steps / peak / 1e6;
            table.AddRow(
                operation, part.Count == 0 ? "" : (part.Count / steps).ToString(CultureInfo.InvariantCulture), Statistics.Digits(milliseconds),
                floor == 0 ? "" : Statistics.Digits(floor), floor == 0 ? "" : (floor / milliseconds).ToString("P0", CultureInfo.InvariantCulture));
        }
    }

    private static string NameOf(Tape.Record record, bool backward)
    {
        var name = record.Name;
        if (record.Inputs is { First: var x, Second: { } weight } && name == nameof(Linear))
            name += string.Create(CultureInfo.InvariantCulture, $" {x.Shape.Last} → {weight.Shape[0]}");
        return backward ? name + ", backward" : name;
    }

    /// <summary>Multiplications and additions of the products in an operation, those of what no query sees left out.</summary>
    private static double FlopsOf(Tape.Record record, bool backward)
    {
        var (x, y) = (record.Inputs.First, record.Output);
        return record.Name switch
        {
            nameof(Linear) => 2.0 * y.Shape.Count * x.Shape.Last * (backward ? x.RequiresGrad ? 2 : 1 : 1),
            // Scores and sums of values: two products over T (T + 1) / 2 pairs; backward five.
            nameof(CausalAttention) => (backward ? 5 : 2) * y.Shape.Count * (y.Shape[1] + 1.0),
            _ => 0,
        };
    }

    private readonly record struct Part(int Count, long Ticks, double Flops);
}
