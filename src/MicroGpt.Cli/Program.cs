using System.Text;
using MicroGpt.Cli;
using Spectre.Console;

Console.OutputEncoding = Encoding.UTF8;
using var interrupt = new Interrupt();
var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    // Nobody's window: no colours, and wide enough not to break lines.
    console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
    console.Profile.Width = 120;
}

// Installed or published it is microgpt; otherwise it runs from the sources.
var installed = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "microgpt";
return new App(console, Console.Error, interrupt, installed ? "microgpt" : "dotnet run -c Release --project src/MicroGpt.Cli --").Run(args);
