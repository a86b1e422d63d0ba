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
    public static int Run(CommandContext context, Trainer trainer, string folder, bool plain)
    {
        Introduce(context, trainer);
        var generator = new Generator(trainer.Model);
        bool done;
        if (plain || !context.IsInteractive)
            done = trainer.Run(new PlainProgress(context, trainer, Sample), folder, context.Cancellation);
        else
            done = LiveProgress.Run(context, trainer, Sample, observer => trainer.Run(observer, folder, context.Cancellation));

        if (!done)
        {
            context.WriteLine($"Stopped after step {trainer.Step} of {trainer.Options.Steps}; everything is saved. Go on with:");
            context.WriteLine($"  {context.Self} train --resume --out {Quote(folder)}");
            return ExitCode.Interrupted;
        }

        context.WriteLine();
        foreach (var line in new LossChart(trainer.Log.Records).Lines())
            context.WriteLine(line);
        context.WriteLine();
        context.WriteLine($"Saved in {Quote(folder)}: the model, the state to resume from, and {LossLog.FileName}.");
        return ExitCode.Success;

        string Sample() => string.Concat(generator.GenerateText(
            trainer.Tokenizer, "", SampleTokens, new Sampler(new SamplerOptions(), new MersenneTwister(trainer.Options.Seed + (ulong)trainer.Step))));
    }

    /// <summary>A path as a shell takes it.</summary>
    public static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    private static void Introduce(CommandContext context, Trainer trainer)
    {
        var config = trainer.Model.Config;
        Line($"Data:  {trainer.Tokens.TrainTokens:N0} tokens to learn from, {trainer.Tokens.ValidationTokens:N0} to be judged by, {config.VocabularySize} in the vocabulary");
        Line($"Model: {trainer.Model.ParameterCount:N0} parameters ({config.Layers} layers, {config.Heads} heads, {config.Width} wide, context {config.ContextLength})");
        Line($"Run:   {trainer.Options.Steps:N0} steps of {trainer.Options.BatchSize} sequences, seed {trainer.Options.Seed}, {trainer.Model.Device.Description}");
        if (trainer.Step > 0)
            Line($"Resumed after step {trainer.Step:N0}.");

        void Line(FormattableString line) => context.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
