using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MicroGpt.Cli.Commands;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli;

/// <summary>The whole command line: which commands there are, and what becomes of their errors.</summary>
/// <param name="console">Where results and progress go.</param>
/// <param name="error">Where errors go.</param>
/// <param name="interrupt">Ctrl-C.</param>
/// <param name="self">How the person called this program, for the commands that are suggested.</param>
/// <param name="streams">Standard input and output as bytes, or null for those of this process.</param>
internal sealed class App(
    IAnsiConsole console, TextWriter error, Interrupt interrupt, string self = "microgpt", StandardStreams? streams = null)
{
    public int Run(params string[] args)
    {
        var context = new CommandContext(console, self, streams ?? StandardStreams.OfProcess, interrupt.Token)
        {
            CommandLine = string.Join(' ', args.Select(TrainingSession.Quote).Prepend("microgpt")),
        };
        var root = new Command(
            "microgpt",
            "Train, sample and look into small GPTs. Alone, without a command, it trains one on names, within a minute, and shows what it learned.")
        {
            new SpeedrunCommand(context, Run),
            new TrainCommand(context),
            new FineTuneCommand(context),
            new AlignCommand(context),
            new MergeCommand(context),
            new SampleCommand(context),
            new ChatCommand(context),
            new EvalCommand(context),
            new ReportCommand(context),
            new NamesCommand(context),
            new InfoCommand(context),
            new DataCommand(context),
            new TokenizerCommand(context),
            new ImportCommand(context),
            new ExportCommand(context),
            new ConvertCommand(context),
            new DiffCommand(context),
            new LogitsCommand(context),
        };
        var help = new HelpOption();
        var helpAction = (HelpAction)help.Action!;
        helpAction.MaxWidth = console.Profile.Width;
        help.Action = new HelpWithExamples(helpAction);
        root.Options.Add(help);
        root.Options.Add(new VersionOption { Action = new PrintVersion() });
        var threads = CommandContext.ThreadsOption();
        root.Options.Add(threads);
        root.SetAction(parse => Quickstart.Run(context, parse.GetValue(threads)));

        try
        {
            var parse = root.Parse(args);
            if (parse.Action is ParseErrorAction)
            {
                error.WriteLine("error: " + ParseErrors.Describe(parse));
                return ExitCode.Error;
            }

            return parse.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Interrupt sees to it
                Output = console.Profile.Out.Writer,
                Error = error,
            });
        }
        catch (Exception exception) when (Describe(exception) is { } message)
        {
            error.WriteLine("error: " + message.ReplaceLineEndings(" ")); // a parser quotes what it could not read
            return ExitCode.Error;
        }
        catch (Exception exception)
        {
            error.WriteLine("This is a fault of microgpt, not yours. Please report it with the lines below.");
            error.WriteLine(exception);
            return ExitCode.Bug;
        }
    }

    /// <summary>What to tell a person, or null for what should never have happened.</summary>
    private static string? Describe(Exception exception) => exception switch
    {
        // Without the name of a parameter that only a programmer knows.
        ArgumentException argument when argument.Message.IndexOf(" (Parameter '", StringComparison.Ordinal) is > 0 and var end =>
            argument.Message[..end],
        ArgumentException or IOException or InvalidDataException or TrainingDivergedException or UnauthorizedAccessException
            or InsufficientMemoryException => exception.Message,
        OutOfMemoryException => "There is not enough memory for this model and batch. Try a smaller width, context or batch.",
        _ => null,
    };

    /// <summary>The version of this program, wherever it was started from.</summary>
    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(typeof(App).Assembly.GetName().Version!.ToString(fieldCount: 3));
            return ExitCode.Success;
        }
    }
}
