using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroGpt.Bench;

/// <summary>
/// A neighbour that computes on some threads until it is disposed of: this program once more, in a session of its own. The
/// session matters: Linux shares the processor between sessions first and between the threads in one only then, so a neighbour
/// from the same terminal is far less of a nuisance than any other.
/// </summary>
internal sealed partial class BusyProcess : IDisposable
{
    private readonly Process? _process;

    public BusyProcess(int threads)
    {
        if (threads == 0)
            return;
        _process = CommandLine.StartSelf(["busy", threads.ToString(CultureInfo.InvariantCulture)]);
        _process.StandardOutput.ReadLine(); // it has begun
    }

    /// <summary>`busy`, what the process runs: it ends when its input does, so also when its parent is killed.</summary>
    public static Command Command()
    {
        var count = new Argument<int>("threads") { Description = "How many threads compute." };
        var command = new Command("busy", "Compute until the input ends.") { count };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            if (!OperatingSystem.IsWindows())
                _ = StartSession(); // fails only where it has one of its own already
            for (var i = 0; i < parse.GetValue(count); i++)
                new Thread(Spin) { IsBackground = true }.Start();
            Console.WriteLine("busy");
            Console.In.ReadToEnd();
        });
        return command;
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Spin()
    {
        while (true)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int StartSession();
}
