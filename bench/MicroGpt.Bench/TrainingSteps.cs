using System.CommandLine;
using System.Diagnostics;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Bench;

/// <summary>`train`: whole training steps (forward, backward, AdamW) in tokens a second.</summary>
internal static class TrainingSteps
{
    private const int WarmupSteps = 20;

    public static Command Command()
    {
        var name = new Option<string>("--config")
        {
            Description = "char: 4 layers, 128 wide, 12 × 64 tokens (nanoGPT's CPU run); char384: 6, 384, 16 × 256; microgpt: microgpt.py's.",
            DefaultValueFactory = _ => "char",
        };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure.", DefaultValueFactory = _ => 8 };
        var peer = new Option<string?>("--peer") { Description = "A peer's command line, run before and after; it prints its own figures." };
        var command = new Command("train", "Time training steps.") { name, threads, seconds, peer };
        command.SetAction(parse => Run(
            parse.GetValue(name)!, parse.GetValue(threads), parse.GetValue(seconds), parse.GetValue(peer)));
        return command;
    }

    private static void Run(string name, int threads, double seconds, string? peer)
    {
        Measurement.PrintMachine();
        RunPeer(peer);
        using var device = Device.Cpu(threads: threads);
        var trainer = CreateTrainer(name, device);
        for (var i = 0; i < WarmupSteps; i++)
            trainer.TrainStep();

        var tokens = trainer.Options.BatchSize * trainer.Model.Config.ContextLength;
        var milliseconds = new List<double>();
        var all = Stopwatch.StartNew();
        while (all.Elapsed.TotalSeconds < seconds)
        {
            var step = Stopwatch.StartNew();
            trainer.TrainStep();
            milliseconds.Add(step.Elapsed.TotalMilliseconds);
        }

        var median = Measurement.Median(milliseconds);
        var config = trainer.Model.Config;
        var flops = (6.0 * (trainer.Model.ParameterCount - config.ContextLength * config.Width)
            + 12.0 * config.Layers * config.Width * config.ContextLength) * tokens;
        Measurement.Print($"ours: {name}, {trainer.Model.ParameterCount:N0} parameters, {device.Description}");
        Measurement.Print($"ours: {median:F3} ms a step (median of {milliseconds.Count:N0})");
        if (name != "microgpt") // whose documents do not fill the context
            Measurement.Print($"ours: {tokens / median * 1e3:N0} tokens/s, {flops / median / 1e6:F1} GFLOP/s (6N + 12LCT a token)");
        RunPeer(peer);
    }

    private static void RunPeer(string? commandLine)
    {
        if (commandLine is null)
            return;
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", commandLine]))!;
        process.WaitForExit();
    }

    private static Trainer CreateTrainer(string name, Device device)
    {
        if (name == "microgpt")
        {
            var recipe = Recipe.Microgpt;
            var names = Corpus.Load(EmbeddedData.Names, CorpusKind.Lines);
            return Trainer.Start(names, recipe.FitTo(names).Model, recipe.Options with { Steps = int.MaxValue }, device);
        }

        // Random text of 65 letters: the time of a step does not depend on what is learned.
        var random = new MersenneTwister(1);
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(_ => (char)('0' + random.NextInt32(65))));
        var options = new TrainerOptions { Steps = int.MaxValue, ValidationFraction = 0 };
        var gpt2 = Recipe.ShakespeareChar.Model;
        return name switch
        {
            "char" => Start(gpt2, options),
            "char384" => Start(gpt2 with { Layers = 6, Heads = 6, Width = 384, ContextLength = 256 }, options with { BatchSize = 16 }),
            _ => throw new ArgumentException($"There is no configuration \"{name}\"."),
        };

        Trainer Start(GptConfig model, TrainerOptions run) =>
            Trainer.Start(Corpus.FromText("random letters", text, CorpusKind.Text), model, run, device);
    }
}
