using System.Globalization;
using MicroGpt.Data;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Cli.Output;

/// <summary>How far a download is: a bar where a person watches, a line for every tenth otherwise.</summary>
internal static class DownloadDisplay
{
    /// <summary>Loads a file under it.</summary>
    public static DownloadResult Run(
        CommandContext context, bool plain, string name, Func<IProgress<DownloadProgress>, Task<DownloadResult>> load)
    {
        if (plain || !context.IsInteractive)
            return load(new Lines(context, name)).GetAwaiter().GetResult();
        return context.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(progress => load(new Bar(context, progress.AddTask(Markup.Escape(Path.GetFileName(name))))).GetAwaiter().GetResult());
    }

    private sealed class Bar(CommandContext context, ProgressTask task) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = Math.Max(1, value.Total ?? value.Bytes);
            task.Value = value.Bytes;
            if (value.Trouble is { } trouble)
                context.Console.WriteLine(trouble);
        }
    }

    private sealed class Lines(CommandContext context, string name) : IProgress<DownloadProgress>
    {
        private const long StepOfUnknown = 16 << 20;

        private long _step = -1;

        public void Report(DownloadProgress value)
        {
            if (value.Trouble is { } trouble)
                context.WriteLine($"{name}: {trouble}");
            var step = value.Total is { } total and > 0 ? 10 * value.Bytes / total : value.Bytes / StepOfUnknown;
            if (step == _step)
                return;
            _step = step;
            context.WriteLine(value.Total is null
                ? $"{name}: {ByteCount.InWords(value.Bytes)}"
                : string.Create(CultureInfo.InvariantCulture, $"{name}: {10 * step}% of {ByteCount.InWords(value.Total.Value)}"));
        }
    }
}
