using System.Diagnostics;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Tests;

/// <summary>A whole life of a model, killed again and again in whatever stage it is, is the one that was left alone.</summary>
public sealed class SpeedrunKillTests : IDisposable
{
    private const int Kills = 30;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Killed_30_times_at_random_instants_across_all_stages_it_ends_with_the_same_weights()
    {
        var (text, whole, killed) = (_folder.File("mine.txt"), _folder.File("whole"), _folder.File("killed"));
        File.WriteAllText(text, string.Concat(Enumerable.Repeat(CommandLine.Text, 100)));
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, "speedrun", "--minutes", "0.2", "--depth", "1", "--data", text, "--out", whole, "--plain").Code);
        var time = watch.Elapsed;

        var random = new MersenneTwister(1);
        var stages = new SortedSet<string>(StringComparer.Ordinal);
        for (var kills = 0; kills < Kills;)
        {
            using var process = new CommandLineProcess(CommandLineProcess.Built, "speedrun", "--repeat", whole, "--out", killed, "--plain");
            var stage = "";
            using var timer = new Timer(_ => process.Kill(), null, time * 0.6 * random.NextDouble(), Timeout.InfiniteTimeSpan);
            while (process.ReadLine() is { } line)
                stage = line.StartsWith("── ", StringComparison.Ordinal) ? line : stage;
            if (process.WaitForExit() != 0)
            {
                Assert.Equal("", process.Error);
                stages.Add(stage);
                kills++;
                continue;
            }

            AssertSame(whole, killed);
            Directory.Delete(killed, recursive: true);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"Killed in: {string.Join("\n", stages)}");
        Assert.True(stages.Count > 3, "The kills came in too few stages.");
        Assert.Equal(0, CommandLineProcess.Run(CommandLineProcess.Built, "speedrun", "--repeat", whole, "--out", killed, "--plain").Code);
        AssertSame(whole, killed);
    }

    /// <summary>All models' weights, byte for byte.</summary>
    private static void AssertSame(string expected, string actual)
    {
        Assert.NotEmpty(Weights(expected));
        CommandLine.AssertSame(Weights(expected), Weights(actual));

        static Dictionary<string, byte[]> Weights(string folder) =>
            CommandLine.Files(folder).Where(file => Path.GetFileName(file.Key) == "model.safetensors").ToDictionary();
    }
}
