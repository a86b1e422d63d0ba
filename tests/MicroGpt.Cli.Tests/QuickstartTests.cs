namespace MicroGpt.Cli.Tests;

/// <summary>The README's first command.</summary>
public sealed class QuickstartTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void The_first_command_trains_and_invents_names()
    {
        using var folder = new TemporaryFolder();
        var (code, output, _) = CommandLineProcess.RunIn(
            folder.Path, "dotnet", "run", "-c", "Release", "--project", Path.Combine(TestFiles.Repository, "src", "MicroGpt.Cli"));
        Assert.Equal(0, code);
        Assert.Contains("val loss 2.3", output, StringComparison.Ordinal);
        Assert.Contains("It invents", output, StringComparison.Ordinal);
        Assert.Contains("sample --model microgpt-names", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("microgpt-names/model.safetensors")));
    }
}
