using System.Diagnostics;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Cli.Tests;

/// <summary>Whatever ends the program at whatever instant, the last checkpoint is whole and the run goes on from it.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 50;

    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public KillTests()
    {
        _data = _folder.File("text.txt");
        File.WriteAllText(_data, CommandLine.Text);
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Killed_50_times_at_random_instants_the_run_is_still_the_uninterrupted_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent with kill and env.");
        var (whole, folder) = (_folder.File("whole"), _folder.File("killed"));
        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, Train(whole)).Code);
        using var device = Device.Cpu(threads: 1);
        var random = new MersenneTwister(1);
        var (step, advances) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            // Every tenth time from the beginning, where there is no checkpoint yet or an old one to replace.
            var anew = kill % 10 == 0 || !ModelCheckpoint.Exists(folder);
            using var process = new CommandLineProcess(
                CommandLineProcess.Built, anew ? [.. Train(folder), "--overwrite"] : ["train", "--resume", "--out", folder, "--threads", "1"]);
            while (process.ReadLine() is { } line && !line.StartsWith("Run:", StringComparison.Ordinal))
                continue;
            Spin(TimeSpan.FromMilliseconds(700 * random.NextDouble()));
            process.Kill();
            process.WaitForExit();

            if (!ModelCheckpoint.Exists(folder))
            {
                Assert.True(anew, $"Kill {kill} left nothing of a checkpoint.");
                continue;
            }

            var resumed = Trainer.Resume(folder, device);
            Assert.True(anew || resumed.Step >= step, $"Kill {kill} lost steps: {resumed.Step} after {step}.");
            advances += resumed.Step > step ? 1 : 0;
            step = resumed.Step;
        }

        // On a busy machine a run may be killed before its first step; too many, and the test would mean nothing.
        Assert.True(advances > Kills / 5, $"Only {advances} of the kills came while checkpoints were written.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{advances} of {Kills} runs wrote checkpoints before they were killed; the last at step {step}.");
        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, "train", "--resume", "--out", folder).Code);
        CommandLine.AssertSame(CommandLine.Files(whole), CommandLine.Files(folder));
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Ctrl_C_saves_and_says_how_to_resume()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent with kill and env.");
        var (whole, folder) = (_folder.File("whole"), _folder.File("stopped"));
        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, Train(whole)).Code);
        using (var process = new CommandLineProcess(CommandLineProcess.Built, Train(folder)))
        {
            while (process.ReadLine() is { } line && !line.StartsWith("step ", StringComparison.Ordinal))
                continue;
            process.Interrupt();
            var output = process.ReadToEnd();
            Assert.Equal((130, ""), (process.WaitForExit(), process.Error));
            Assert.Contains($"train --resume --out {folder}", output, StringComparison.Ordinal);
        }

        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, "train", "--resume", "--out", folder).Code);
        CommandLine.AssertSame(CommandLine.Files(whole), CommandLine.Files(folder));
    }

    /// <summary>A run that saves at every step and takes longer than all kills together.</summary>
    private string[] Train(string folder) =>
    [
        "train", "--data", _data, "--out", folder, "--layers", "1", "--heads", "2", "--width", "16", "--context", "8", "--batch", "2",
        "--steps", "4000", "--save-every", "1", "--eval-every", "2000", "--threads", "1",
    ];

    /// <summary>Waits to the instant: sleeping is too coarse.</summary>
    private static void Spin(TimeSpan time)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time;)
            Thread.SpinWait(20);
    }
}
