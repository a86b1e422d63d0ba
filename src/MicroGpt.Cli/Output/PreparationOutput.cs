using System.Diagnostics;
using System.Globalization;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MicroGpt.Cli.Output;

/// <summary>How far a preparation has come: a bar that moves in a terminal, a line for each tenth in files and pipes.</summary>
internal sealed class PreparationOutput(CommandContext context, DocumentReader reader, ProgressTask? bar) : IProgress<PreparationProgress>
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _tenths;

    private string Figures { get; set; } = "";

    private double Part => reader.TotalBytes == 0 ? 1 : Math.Min(1, (double)reader.BytesRead / reader.TotalBytes);

    /// <summary>Prepares before a person's eyes.</summary>
    public static PreparedFile Run(CommandContext context, DocumentReader reader, Func<IProgress<PreparationProgress>, PreparedFile> prepare)
    {
        if (!context.IsInteractive)
        {
            var plain = new PreparationOutput(context, reader, null);
            var file = prepare(plain);
            context.WriteLine($"100% | {plain.Figures}");
            return file;
        }

        var figures = new FiguresColumn();
        return context.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), figures)
            .Start(progress =>
            {
                var output = new PreparationOutput(context, reader, progress.AddTask("Preparing", maxValue: 1));
                figures.Output = output;
                return prepare(output);
            });
    }

    public void Report(PreparationProgress value)
    {
        Figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Documents:N0} documents, {ByteCount.InWords(value.Bytes)}, {value.Tokens:N0} tokens, {value.Tokens / Math.Max(_watch.Elapsed.TotalSeconds, 1e-3):N0} tokens/s");
        if (bar is not null)
        {
            bar.Value = Part;
        }
        else if ((int)(10 * Part) is var tenths && tenths > _tenths && tenths < 10)
        {
            _tenths = tenths;
            context.WriteLine($"{10 * tenths,3}% | {Figures}");
        }
    }

    private sealed class FiguresColumn : ProgressColumn
    {
        public PreparationOutput? Output { get; set; }

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Output?.Figures ?? "");
    }
}
