using System.CommandLine;
using MicroGpt.Cli.Output;
using MicroGpt.Data.Prepared;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt data info`: what a prepared folder holds.</summary>
internal sealed class DataInfoCommand : Command, IHasExamples
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "What microgpt data prepare made." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Read all of it, and compare it with its checksums." };
    private readonly CommandContext _context;

    public DataInfoCommand(CommandContext context)
        : base("info", "Show what a prepared folder holds.")
    {
        _context = context;
        Arguments.Add(_folder);
        Options.Add(_verify);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt data info my-data", "Documents, tokens and their lengths"),
        ("microgpt data info my-data --verify", "After copying it to another machine"),
    ];

    private int Run(ParseResult parse)
    {
        using var data = PreparedCorpus.Open(parse.GetValue(_folder)!);
        PreparedSummary.Write(_context, data.Description);
        if (!parse.GetValue(_verify))
            return ExitCode.Success;
        try
        {
            data.Verify(_context.Cancellation);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        _context.WriteLine();
        _context.WriteLine("All files have their checksums.");
        return ExitCode.Success;
    }
}
