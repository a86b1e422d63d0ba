using MicroGpt.Cli;
using Spectre.Console;

namespace MicroGpt.Cli.Tests;

public sealed class AppTests
{
    [Fact]
    public void Version_is_printed()
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        using var interrupt = new Interrupt();
        Assert.Equal(0, new App(console, output, interrupt).Run("--version"));
        Assert.Equal("0.1.0", output.ToString().Trim());
    }
}
