using System.Text;
using MicroGpt.Cli;
using Spectre.Console;

Console.OutputEncoding = Encoding.UTF8;
using var interrupt = new Interrupt();
var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
    console.Profile.Width = 120; // nobody's window: long enough not to break lines
return new App(console, Console.Error, interrupt).Run(args);
