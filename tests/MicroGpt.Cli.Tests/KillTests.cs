using System.Diagnostics;
using System.Globalization;
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
            WaitForState(process, folder, (anew ? -1 : step) + random.NextInt32(8));
            Spin(TimeSpan.FromMilliseconds(20 * random.NextDouble())); // a step with its checkpoint takes about as long
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

        Assert.True(advances > Kills / 3, $"Only {advances} of the kills came while checkpoints were written.");
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
        "--steps", "1000", "--save-every", "1", "--eval-every", "500", "--threads", "1",
    ];

    /// <summary>
    /// Waits until the program has begun the checkpoint of a step or of one soon after (a much later one is of the run that is
    /// being replaced), however busy the machine is.
    /// </summary>
    private static void WaitForState(CommandLineProcess process, string folder, int step)
    {
        while (!process.HasExited && !Steps().Any(saved => saved >= step && saved < step + 20))
            Thread.Sleep(1);

        IEnumerable<int> Steps() => Directory.GetFiles(folder, "training-*.safetensors")
            .Select(path => int.Parse(Path.GetFileNameWithoutExtension(path)["training-".Length..], CultureInfo.InvariantCulture))
            .Append(-1);
    }

    /// <summary>Waits to the instant: sleeping is too coarse.</summary>
    private static void Spin(TimeSpan time)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time;)
            Thread.SpinWait(20);
    }
}
