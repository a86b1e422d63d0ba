namespace MicroGpt.Cli.Tests;

public sealed class AppTests
{
    [Fact]
    public void Version_is_printed() => Assert.Equal((0, "0.1.0"), (CommandLine.Run("--version").Code, CommandLine.Run("--version").Output.Trim()));
}
