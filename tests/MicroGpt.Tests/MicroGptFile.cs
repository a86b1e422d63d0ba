using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroGpt.Tests;

/// <summary>Runs microgpt.cs as a reader would, and reads what it prints.</summary>
internal static class MicroGptFile
{
    public const int Steps = 1000;

    /// <summary>Whether exp, log and pow come from the C library of the recordings, so that every digit must agree.</summary>
    public static bool HasRecordedMathLibrary { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);

    /// <summary>The lines it prints.</summary>
    public static string[] Run(params string[] arguments) => RunIn(TestFiles.Repository, arguments);

    /// <summary>The lines it prints when it is started in a folder.</summary>
    public static string[] RunIn(string folder, params string[] arguments)
    {
        var (exitCode, output, error) = Start(folder, arguments);
        Assert.True(exitCode == 0, error);
        return output.TrimEnd().Split('\n');
    }

    public static (int ExitCode, string Output, string Error) Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", Path.Combine(TestFiles.Repository, "microgpt.cs"), "--", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" }, // no banner on a new machine
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>The losses among its lines.</summary>
    public static IEnumerable<double> Losses(string[] lines) =>
        lines.Skip(3).Take(Steps).Select((line, i) =>
        {
            Assert.StartsWith($"step {i + 1,4} / {Steps} | loss ", line, StringComparison.Ordinal);
            return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        });
}
