using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MicroGpt.Cli.Output;

/// <summary>How many of a model's numbers have gone by: a bar where a person watches; otherwise a line now and then, if it takes longer.</summary>
internal static class ConversionProgress
{
    /// <summary>Works under it.</summary>
    /// <param name="context">Where to show it.</param>
    /// <param name="what">What is done, as in "Writing".</param>
    /// <param name="numbers">How many there are.</param>
    /// <param name="work">Reports how many are done; several threads may.</param>
    public static void Run(CommandContext context, string what, long numbers, Action<IProgress<long>> work)
    {
        if (!context.IsInteractive)
        {
            work(new Lines(context, what, Math.Max(1, numbers)));
            return;
        }

        context.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress => work(new Bar(progress.AddTask(what, maxValue: Math.Max(1, numbers)))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = Math.Max(task.Value, value);
    }

    private sealed class Lines(CommandContext context, string what, long numbers) : IProgress<long>
    {
        private static readonly TimeSpan s_between = TimeSpan.FromSeconds(2);

        private readonly Lock _turn = new();
        private long _last = Stopwatch.GetTimestamp();
        private long _shown;

        public void Report(long value)
        {
            lock (_turn)
            {
                var percent = 100 * value / numbers;
                if (percent <= _shown || Stopwatch.GetElapsedTime(_last) < s_between)
                    return;
                (_shown, _last) = (percent, Stopwatch.GetTimestamp());
                context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {percent}%"));
            }
        }
    }
}
