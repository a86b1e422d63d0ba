using System.CommandLine;
using System.Globalization;
using MicroGpt.Cli.Output;
using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli;

/// <summary>Shows a run before a person's eyes, from the first line to the curve at the end.</summary>
internal static class TrainingSession
{
    private const int SampleTokens = 80;

    /// <summary>The option that training commands have.</summary>
    public static Option<bool> TensorBoardOption() => new("--tensorboard") { Description = "Write event files for TensorBoard into --out, too." };

    /// <summary>Trains to the end or to Ctrl-C.</summary>
    /// <returns>The exit code.</returns>
    /// <param name="context">Where to print.</param>
    /// <param name="run">The run.</param>
    /// <param name="folder">Where it is saved.</param>
    /// <param name="plain">Whether to print lines instead of a moving bar.</param>
    /// <param name="command">The command that can go on with it.</param>
    /// <param name="sample">Makes a line to look at when the run has judged the model; null for a text of the model's own.</param>
    /// <param name="tensorBoard">Whether to write event files for TensorBoard; those of a resumed run are gone on with in any case.</param>
    public static int Run(
        CommandContext context, TrainingRun run, string folder, bool plain, string command = "train", Func<string>? sample = null, bool tensorBoard = false)
    {
        Introduce(context, run);
        using var log = JsonLinesLog.Open(folder, run, context.CommandLine, run.Model.Device.MeasurePeak());
        using var board = tensorBoard || (run.Step > 0 && TensorBoardLog.Exists(folder)) ? TensorBoardLog.Open(folder, run) : null;
        ITrainingLog[] logs = board is null ? [log] : [log, board];
        Generator? generator = null; // until there is a sample to make, its cache takes no memory
        bool done;
        try
        {
            if (plain || !context.IsInteractive)
                done = Train(new PlainProgress(context, run, Sample));
            else
                done = LiveProgress.Run(context, run, Sample, Train);
        }
        catch (TrainingDivergedException exception)
        {
            throw new TrainingDivergedException(exception.Step, $"{exception.Message} {WhatNext()}");
        }
        catch (IOException exception) when (run.SavedStep is { } step)
        {
            throw new IOException(
                $"{exception.Message.TrimEnd('.')}. The checkpoint of step {step} is whole; when that is mended, go on with: {context.Self} {command} --resume --out {Quote(folder)}", exception);
        }

        if (!done)
        {
            context.WriteLine($"Stopped after step {run.Step} of {run.Options.Steps}; everything is saved. Go on with:");
            context.WriteLine($"  {context.Self} {command} --resume --out {Quote(folder)}");
            return ExitCode.Interrupted;
        }

        context.WriteLine();
        foreach (var line in new LossChart(run.Log.Records, measures: run.Measures).Lines())
            context.WriteLine(line);
        context.WriteLine();
        if (run is Trainer { Batches: PackedBatches packed })
            ReportPacking(context, packed);
        context.WriteLine($"Saved in {Quote(folder)}: the model, the state to resume from, {LossLog.FileName}, and {JsonLinesLog.FileName}.");
        if (run.IsOutOfPatience)
            context.WriteLine($"Ended after step {run.Step} of {run.Options.Steps}, out of patience: after step {run.Best!.Step} nothing was better.");
        if (run.Options.KeepBest && run.Best is { } best)
            context.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Its best by {run.Measures.Validation}, {best.ValidationLoss:F3} after step {best.Step:N0}, is in {Quote(Path.Combine(folder, TrainingRun.BestFolder))}."));
        return ExitCode.Success;

        string WhatNext()
        {
            var resume = $"{context.Self} {command} --resume --out {Quote(folder)}";
            return (run.SavedStep, run.ChecksNumerics) switch
            {
                ({ } step, true) => $"The checkpoint of step {step} in {Quote(folder)} is good.",
                (null, true) => "Nothing was saved yet.",
                ({ } step, false) => $"To find the operation where it began, go on from step {step}: {resume} --check-numerics",
                (null, false) => "To find the operation where it began, run it again with --check-numerics.",
            };
        }

        // The log first: what it says of an evaluation stands before the sample that progress makes after it.
        bool Train(ITrainingObserver progress) => run.Run(new TrainingObservers([.. logs, progress]), folder, context.Cancellation);

        string Sample()
        {
            var text = sample?.Invoke() ?? Continue();
            foreach (var each in text.Length > 0 ? logs : [])
                each.OnSample(run.Step, text);
            return text;
        }

        string Continue()
        {
            var random = new MersenneTwister(run.Options.Seed + (ulong)run.Step);
            return string.Concat((generator ??= new Generator(run.Model)).GenerateText(
                run.Tokenizer, "", SampleTokens, new Sampler(new SamplerOptions(), random)));
        }
    }

    private static void ReportPacking(CommandContext context, PackedBatches packed)
    {
        context.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Packed {packed.PackedTokens:N0} tokens into rows; {packed.CroppedTokens:N0} more, of {packed.CroppedDocuments:N0} documents, were cropped; {packed.SkippedDocuments:N0} documents had nothing to learn."));
        if (packed.CroppedTokens > packed.PackedTokens)
            context.WriteLine("Most documents are longer than the context: a larger --context loses less of them, and --batches windows loses nothing.");
    }

    /// <summary>A path, or another word, as a shell takes it.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./\\:=,+@~%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static void Introduce(CommandContext context, TrainingRun run)
    {
        var config = run.Model.Config;
        Line($"Data:  {run.DataInWords}, {config.VocabularySize} in the vocabulary");
        Line($"Model: {run.Model.ParameterCount:N0} parameters ({config.Sizes})");
        if (run.LearnedParameterCount != run.Model.ParameterCount)
            Line($"Adapter: {run.LearnedParameterCount:N0} parameters, {run.LearnedParameterCount / (double)run.Model.ParameterCount:P1} of the model's, which stays as it is");
        Line($"Run:   {run.Options.Steps:N0} steps of {run.StepInWords}, seed {run.Options.Seed}, {run.Model.Device.Description}");
        var memory = run.Memory;
        Line($"Takes: {ByteCount.InWords(memory.Total)} of memory: {memory.InWords()}");
        if (run.Step > 0)
            Line($"Resumed after step {run.Step:N0}.");

        void Line(FormattableString line) => context.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
