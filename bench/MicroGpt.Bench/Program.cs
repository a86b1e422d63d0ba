using System.CommandLine;
using System.Text;
using MicroGpt.Bench;
using MicroGpt.Bench.Kernels;
using Spectre.Console;

Console.OutputEncoding = Encoding.UTF8;
if (Console.IsOutputRedirected)
{
    // Nobody's window: no colours, and wide enough not to break lines.
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
    AnsiConsole.Profile.Width = 200;
}

var root = new RootCommand("Measures this project, alone or in turn with a peer: machine, medians, ratio.")
{
    ProcessComparison.Command(),
    TrainingSteps.Command(),
    ExactSteps.Command(),
    StepOperations.Command(),
    MatrixProducts.Command(),
    ElementWise.Command(),
    AdapterTraining.Command(),
    BpeTraining.Command(),
    TokenizerEncoding.Command(),
    KernelBenchmarks.Command(),
    Publication.Command(),
    BusyProcess.Command(),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException or InvalidDataException)
{
    Console.Error.WriteLine("error: " + exception.Message);
    return 1;
}
