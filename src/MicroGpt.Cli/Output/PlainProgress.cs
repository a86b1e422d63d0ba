using System.Globalization;
using MicroGpt.Training;

namespace MicroGpt.Cli.Output;

/// <summary>Progress as lines, for files and pipes.</summary>
internal sealed class PlainProgress(CommandContext context, TrainingRun run, Func<string> sample)
    : TrainingProgress(context, run, sample)
{
    private const int LinesPerRun = 20;

    protected override void ShowStep(TrainingRecord record)
    {
        var steps = Training.Options.Steps;
        if (record.Step % Math.Max(1, steps / LinesPerRun) == 0)
            WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"step {record.Step,6} / {steps} | {Figures(" | ")} | {TokensPerSecond:N0} tokens/s | {Duration(Left)} left"));
    }

    protected override void WriteLine(string line) => Context.WriteLine(line);
}
