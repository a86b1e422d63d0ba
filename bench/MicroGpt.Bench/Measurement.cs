using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroGpt.Bench;

/// <summary>What every measurement needs: the machine in words, medians, processes.</summary>
internal static class Measurement
{
    public static void PrintMachine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        Console.WriteLine($"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}");
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs a command line through the shell, its output thrown away.</summary>
    /// <returns>Seconds from its start to its first output and to its end.</returns>
    public static (double FirstOutput, double End) Time(string commandLine, string? folder = null)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", commandLine])
            : new ProcessStartInfo("/bin/sh", ["-c", "exec " + commandLine]);
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = folder ?? "";
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{commandLine} could not be started.");
        var first = process.StandardOutput.Read() < 0 ? double.NaN : watch.Elapsed.TotalSeconds;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (first, watch.Elapsed.TotalSeconds)
            : throw new InvalidOperationException($"{commandLine} ended with the exit code {process.ExitCode}.");
    }
}
