using System.Diagnostics;

namespace MicroGpt.Cli.Tests;

/// <summary>The README's first command.</summary>
public sealed class QuickstartTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void The_first_command_trains_within_a_minute_and_invents_names()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(
            "dotnet", ["run", "-c", "Release", "--project", Path.Combine(TestFiles.Repository, "src", "MicroGpt.Cli")])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("val loss 2.3", output, StringComparison.Ordinal);
        Assert.Contains("It invents", output, StringComparison.Ordinal);
        Assert.Contains("sample --model microgpt-names", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("microgpt-names/model.safetensors")));
    }
}
