using System.CommandLine;
using System.Globalization;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`publish`: the size of the self-contained single file, and how soon it writes its first character.</summary>
internal static class Publication
{
    public static Command Command()
    {
        var model = new Argument<string>("model") { Description = "The folder of a trained model to sample from." };
        var program = new Argument<string>("program") { Description = "The published program." };
        var runs = new Option<int>("--runs") { Description = "Counted runs, after one that is not.", DefaultValueFactory = _ => 11 };
        var command = new Command("publish", "Measure the published program: size, and time to the first character of a sample.") { program, model, runs };
        command.SetAction(parse => Run(parse.GetValue(program)!, parse.GetValue(model)!, parse.GetValue(runs)));
        return command;
    }

    private static void Run(string program, string model, int runs)
    {
        AnsiConsole.WriteLine(Machine.Description);
        var commandLine = $"\"{program}\" sample --model \"{model}\"";
        var first = Enumerable.Range(0, runs + 1).Select(_ => CommandLine.Time(commandLine).FirstOutput).Skip(1).ToArray();
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"size  {new FileInfo(program).Length / 1e6:F1} MB"));
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"start {Statistics.Median(first):F3} s to the first character (median of {runs})"));
    }
}
