using System.Globalization;
using MicroGpt.Cli.Output;
using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli;

/// <summary>Runs a trainer before a person's eyes, from the first line to the curve at the end.</summary>
internal static class TrainingSession
{
    private const int SampleTokens = 80;

    /// <summary>Trains to the end or to Ctrl-C.</summary>
    /// <returns>The exit code.</returns>
    /// <param name="context">Where to print.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="folder">Where it is saved.</param>
    /// <param name="plain">Whether to print lines instead of a moving bar.</param>
    /// <param name="command">The command that can go on with it.</param>
    public static int Run(CommandContext context, Trainer trainer, string folder, bool plain, string command = "train")
    {
        Introduce(context, trainer);
        using var log = JsonLinesLog.Open(folder, trainer, context.CommandLine, trainer.Model.Device.MeasurePeak());
        Generator? generator = null; // until there is a sample to make, its cache takes no memory
        bool done;
        try
        {
            if (plain || !context.IsInteractive)
                done = Train(new PlainProgress(context, trainer, Sample));
            else
                done = LiveProgress.Run(context, trainer, Sample, Train);
        }
        catch (TrainingDivergedException exception)
        {
            throw new TrainingDivergedException(exception.Step, $"{exception.Message} {WhatNext()}");
        }

        if (!done)
        {
            context.WriteLine($"Stopped after step {trainer.Step} of {trainer.Options.Steps}; everything is saved. Go on with:");
            context.WriteLine($"  {context.Self} {command} --resume --out {Quote(folder)}");
            return ExitCode.Interrupted;
        }

        context.WriteLine();
        foreach (var line in new LossChart(trainer.Log.Records).Lines())
            context.WriteLine(line);
        context.WriteLine();
        if (trainer.Batches is PackedBatches packed)
            ReportPacking(context, packed);
        context.WriteLine($"Saved in {Quote(folder)}: the model, the state to resume from, {LossLog.FileName}, and {JsonLinesLog.FileName}.");
        return ExitCode.Success;

        string WhatNext()
        {
            var resume = $"{context.Self} {command} --resume --out {Quote(folder)}";
            return (trainer.SavedStep, trainer.ChecksNumerics) switch
            {
                ({ } step, true) => $"The checkpoint of step {step} in {Quote(folder)} is good.",
                (null, true) => "Nothing was saved yet.",
                ({ } step, false) => $"To find the operation where it began, go on from step {step}: {resume} --check-numerics",
                (null, false) => "To find the operation where it began, run it again with --check-numerics.",
            };
        }

        // The log first: what it says of an evaluation stands before the sample that progress makes after it.
        bool Train(ITrainingObserver progress) => trainer.Run(new TrainingObservers(log, progress), folder, context.Cancellation);

        string Sample()
        {
            var random = new MersenneTwister(trainer.Options.Seed + (ulong)trainer.Step);
            var text = string.Concat((generator ??= new Generator(trainer.Model)).GenerateText(
                trainer.Tokenizer, "", SampleTokens, new Sampler(new SamplerOptions(), random)));
            log.OnSample(trainer.Step, text);
            return text;
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

    private static void Introduce(CommandContext context, Trainer trainer)
    {
        var config = trainer.Model.Config;
        Line($"Data:  {trainer.Tokens.TrainTokens:N0} tokens to learn from, {trainer.Tokens.ValidationTokens:N0} to be judged by, {config.VocabularySize} in the vocabulary");
        Line($"Model: {trainer.Model.ParameterCount:N0} parameters ({config.Sizes})");
        if (trainer.LearnedParameterCount != trainer.Model.ParameterCount)
            Line($"Adapter: {trainer.LearnedParameterCount:N0} parameters, {trainer.LearnedParameterCount / (double)trainer.Model.ParameterCount:P1} of the model's, which stays as it is");
        Line($"Run:   {trainer.Options.Steps:N0} steps of {Sequences()}, seed {trainer.Options.Seed}, {trainer.Model.Device.Description}");
        var memory = trainer.Memory;
        Line($"Takes: {ByteCount.InWords(memory.Total)} of memory: {memory.InWords()}");
        if (trainer.Step > 0)
            Line($"Resumed after step {trainer.Step:N0}.");

        string Sequences() => trainer.Options.AccumulationSteps == 1
            ? $"{trainer.Options.BatchSize} sequences"
            : $"{trainer.Options.AccumulationSteps} × {trainer.Options.BatchSize} sequences";

        void Line(FormattableString line) => context.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
