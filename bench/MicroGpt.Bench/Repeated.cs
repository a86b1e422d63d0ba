using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>One short piece of work, timed again and again.</summary>
internal static class Repeated
{
    private const double WarmupSeconds = 0.5; // in which the JIT reaches its last tier, too

    /// <summary>The median time in seconds.</summary>
    public static double Time(Action work, double seconds)
    {
        var warmup = Stopwatch.StartNew();
        do
            work();
        while (warmup.Elapsed.TotalSeconds < WarmupSeconds);

        var times = new List<double>();
        var all = Stopwatch.StartNew();
        do
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (all.Elapsed.TotalSeconds < seconds || times.Count < 5);
        return Statistics.Median(times);
    }

    /// <summary>Prints a figure in the form in which <see cref="Figure"/> reads it.</summary>
    public static void Print(string name, double value, string unit) =>
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:G4} {unit}"));
}
