using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Data;
using MicroGpt.Exact;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`exact`: microgpt.py's run of 1,000 steps, equal to the last bit, in microseconds a step on one thread.</summary>
internal static class ExactSteps
{
    private const int Warmups = 3;

    public static Command Command()
    {
        var data = new Option<string>("--data") { Description = "Documents, one a line.", DefaultValueFactory = _ => EmbeddedData.Names };
        var runs = new Option<int>("--runs") { Description = $"Counted runs, after {Warmups} that are not.", DefaultValueFactory = _ => 21 };
        var command = new Command("exact", "Time the program that equals microgpt.py to the last bit.") { data, runs };
        command.SetAction(parse => Run(parse.GetValue(data)!, parse.GetValue(runs)));
        return command;
    }

    private static void Run(string data, int runs)
    {
        if (runs < 1)
            throw new ArgumentException("There must be at least one run.");
        AnsiConsole.WriteLine(Machine.Description);
        var corpus = Corpus.Load(data, CorpusKind.Lines);
        var microseconds = Enumerable.Range(0, Warmups + runs).Select(_ => Time(new ExactMicrogpt(corpus))).Skip(Warmups).ToArray();
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"exact {Statistics.Median(microseconds):F2} µs a step (median of {runs} runs, {Statistics.Spread(microseconds)})"));
    }

    private static double Time(ExactMicrogpt model)
    {
        var start = Stopwatch.GetTimestamp();
        while (model.Step < model.Steps)
            model.TrainStep();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / model.Steps;
    }
}
