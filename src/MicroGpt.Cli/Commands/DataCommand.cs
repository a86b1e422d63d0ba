using System.CommandLine;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt data`: where the text to learn from comes from, and what it becomes before training.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand(CommandContext context)
        : base("data", "Get the text that models learn from, and prepare it.")
    {
        Subcommands.Add(new DataDownloadCommand(context));
        Subcommands.Add(new DataCurriculumCommand(context));
        Subcommands.Add(new DataPrepareCommand(context));
        Subcommands.Add(new DataInfoCommand(context));
    }
}
