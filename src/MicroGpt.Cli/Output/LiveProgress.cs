using System.Globalization;
using MicroGpt.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MicroGpt.Cli.Output;

/// <summary>Progress as a bar that moves at the bottom of a terminal, with evaluations and samples passing above it.</summary>
internal sealed class LiveProgress(CommandContext context, TrainingRun run, Func<string> sample, ProgressTask bar)
    : TrainingProgress(context, run, sample)
{
    /// <summary>Trains under a progress bar.</summary>
    public static bool Run(CommandContext context, TrainingRun run, Func<string> sample, Func<ITrainingObserver, bool> train)
    {
        var figures = new FiguresColumn();
        return context.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), figures)
            .Start(progress =>
            {
                var bar = progress.AddTask("Training", maxValue: run.Options.Steps);
                var live = new LiveProgress(context, run, sample, bar);
                figures.Text = () => live.Line;
                return train(live);
            });
    }

    private string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"step {Training.Step} of {Training.Options.Steps}  {Figures("  ", @short: true)}  {TokensPerSecond:N0} tokens/s  {Duration(Left)} left");

    protected override void ShowStep(TrainingRecord record) => bar.Value = record.Step;

    protected override void WriteLine(string line) => Context.Console.WriteLine(line);

    private sealed class FiguresColumn : ProgressColumn
    {
        public Func<string> Text { get; set; } = () => "";

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text());
    }
}
