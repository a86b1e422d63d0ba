using System.Diagnostics;

namespace MicroGpt.Bench;

/// <summary>Runs programs: a person's command lines through the shell, and this program itself.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line, its output thrown away.</summary>
    /// <returns>Seconds from its start to its first output and to its end.</returns>
    public static (double FirstOutput, double End) Time(string commandLine)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(Shell(commandLine));
        var first = process.StandardOutput.Read() < 0 ? double.NaN : watch.Elapsed.TotalSeconds;
        process.StandardOutput.ReadToEnd();
        End(process, commandLine);
        return (first, watch.Elapsed.TotalSeconds);
    }

    /// <summary>Runs a command line and returns what it wrote.</summary>
    public static string Output(string commandLine) => Output(Shell(commandLine), commandLine);

    /// <summary>Runs this program once more with other arguments and returns what it wrote.</summary>
    public static string OutputOfSelf(IEnumerable<string> arguments) => Output(Self(arguments), string.Join(' ', arguments));

    /// <summary>Starts this program once more with other arguments, its input and output in our hands.</summary>
    public static Process StartSelf(IEnumerable<string> arguments)
    {
        var start = Self(arguments);
        start.RedirectStandardInput = true;
        return Start(start);
    }

    private static string Output(ProcessStartInfo start, string name)
    {
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEnd();
        End(process, name);
        return output;
    }

    private static ProcessStartInfo Self(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet"; // dotnet MicroGpt.Bench.dll …
        return new ProcessStartInfo(program, isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
    }

    private static ProcessStartInfo Shell(string commandLine) => OperatingSystem.IsWindows()
        ? new ProcessStartInfo("cmd.exe", ["/c", commandLine])
        : new ProcessStartInfo("/bin/sh", ["-c", "exec " + commandLine]);

    private static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.StandardOutputEncoding = System.Text.Encoding.UTF8;
        return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
    }

    private static void End(Process process, string name)
    {
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{name} ended with the exit code {process.ExitCode}.");
    }
}
