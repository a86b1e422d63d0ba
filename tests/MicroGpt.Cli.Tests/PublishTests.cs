using System.Diagnostics;

namespace MicroGpt.Cli.Tests;

/// <summary>The program as people get it: one trimmed file that needs no .NET.</summary>
public sealed class PublishTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Published_as_one_trimmed_file_it_trains_and_samples()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "It is published for linux-x64.");
        using var folder = new TemporaryFolder();
        var published = folder.File("published");
        var publish = CommandLineProcess.Run(
            "dotnet", "publish", Path.Combine(TestFiles.Repository, "src", "MicroGpt.Cli"), "-c", "Release", "-r", "linux-x64",
            "--self-contained", "-p:PublishSingleFile=true", "-p:PublishTrimmed=true",
            "--artifacts-path", folder.File("artifacts"), "-o", published);
        Assert.True(publish.Code == 0, publish.Output + publish.Error);
        Assert.DoesNotContain("warning", publish.Output, StringComparison.OrdinalIgnoreCase);
        var program = Path.Combine(published, "microgpt");
        Assert.Equal([program], Directory.GetFiles(published));

        var (data, model) = (folder.File("text.txt"), folder.File("model"));
        File.WriteAllText(data, CommandLine.Text);
        var train = CommandLineProcess.Run(program, CommandLine.Train(data, model, "--decay", "linear", "--data-as", "text"));
        Assert.Equal((0, ""), (train.Code, train.Error));
        Assert.Contains("val loss", train.Output, StringComparison.Ordinal);
        // The same words; where lines break depends on the width, which a process without a terminal can't know.
        Assert.Equal(
            Words(CommandLine.Run("info", "--model", model).Output), Words(CommandLineProcess.Run(program, "info", "--model", model).Output));
        Assert.Equal(0, CommandLineProcess.Run(program, "train", "--resume", "--out", model, "--steps", "10").Code);
        Assert.Contains("Examples:", CommandLineProcess.Run(program, "train", "--help").Output, StringComparison.Ordinal);
        Assert.Equal(1, CommandLineProcess.Run(program, "train", "--data-as", "verse", "--out", model).Code);

        var expected = CommandLine.Run("sample", "--model", model, "--prompt", "the ").Output;
        Assert.Equal(expected, CommandLineProcess.Run(program, "sample", "--model", model, "--prompt", "the ").Output);
        var times = Enumerable.Range(0, 9).Select(_ => TimeToFirstCharacter(program, model)).Order().ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{new FileInfo(program).Length / 1e6:F1} MB; {times[times.Length / 2].TotalSeconds:F3} s from the start to the first character.");
    }

    private static string[] Words(string output) => output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static TimeSpan TimeToFirstCharacter(string program, string model)
    {
        var watch = Stopwatch.StartNew();
        using var process = new CommandLineProcess(program, "sample", "--model", model);
        Assert.NotEqual(-1, process.ReadCharacter());
        return watch.Elapsed;
    }
}
