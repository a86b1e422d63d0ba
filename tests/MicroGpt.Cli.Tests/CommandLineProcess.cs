using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroGpt.Cli.Tests;

/// <summary>The built program as a process of its own, which signals reach.</summary>
internal sealed class CommandLineProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    public CommandLineProcess(string program, params string[] args)
        : this("", program, args)
    {
    }

    private CommandLineProcess(string folder, string program, string[] args)
    {
        // A shell that starts tests in the background makes them, and what they start, deaf to SIGINT: env gives it back.
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", program, .. args])
            : new ProcessStartInfo(program, args);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Error += line.Data is null ? "" : line.Data + "\n";
        _process.BeginErrorReadLine();
    }

    /// <summary>The program that was built together with the tests.</summary>
    public static string Built { get; } =
        Path.Combine(AppContext.BaseDirectory, "MicroGpt.Cli" + (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".exe" : ""));

    public string Error { get; private set; } = "";

    public bool HasExited => _process.HasExited;

    /// <summary>The most memory that it has had, in bytes; null once it is ending. (Linux only.)</summary>
    public long? PeakBytes
    {
        get
        {
            try
            {
                var line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                return line is null ? null : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>The next line that it writes, or null behind the last.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>The first character it writes.</summary>
    public int ReadCharacter() => _process.StandardOutput.Read();

    /// <summary>Everything that it still writes.</summary>
    public string ReadToEnd() => _process.StandardOutput.ReadToEnd();

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", $"{_process.Id}"]).WaitForExit();

    public int WaitForExit()
    {
        Assert.True(_process.WaitForExit(s_patience), "The program does not end.");
        _process.WaitForExit(); // the streams too
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>Runs to the end.</summary>
    public static Outcome Run(string program, params string[] args) => RunIn("", program, args);

    /// <summary>Runs to the end, in a folder.</summary>
    public static Outcome RunIn(string folder, string program, params string[] args)
    {
        using var process = new CommandLineProcess(folder, program, args);
        var output = process.ReadToEnd();
        return new Outcome(process.WaitForExit(), output, process.Error);
    }
}
