using System.CommandLine;
using MicroGpt.Cli.Report;
using MicroGpt.Cli.Speedruns;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt report`: the report card of what training left in folders.</summary>
internal sealed class ReportCommand : Command, IHasExamples
{
    private readonly Argument<string[]> _folders = new("folders")
    {
        Description = "Folders of trained models: the stages of one model in their order, or several models to compare; or the folder of a speedrun.",
        HelpName = "FOLDER",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The page; the same as Markdown, and its charts, are written beside it.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "report.html",
    };

    private readonly Option<string?> _title = new("--title") { Description = "What stands above it (default: the folders' names).", HelpName = "TEXT" };
    private readonly CommandContext _context;

    public ReportCommand(CommandContext context)
        : base("report", "Write a report card of trained models: curves, speed, scores, samples, and how to repeat it.")
    {
        _context = context;
        Arguments.Add(_folders);
        Options.Add(_out);
        Options.Add(_title);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt report my-model", "How a model was trained: report.html, for a browser"),
        ("microgpt eval --model my-model --save my-model/scores.json", "Scores, which the report shows too"),
        ("microgpt report first second --out comparison.html", "Two models side by side"),
    ];

    private int Run(ParseResult parse)
    {
        var (folders, path) = (parse.GetValue(_folders)!, parse.GetValue(_out)!);
        if (!Path.GetExtension(path).Equals(".html", StringComparison.OrdinalIgnoreCase) || Directory.Exists(path))
            throw new ArgumentException($"--out must be the name of a file that ends in .html, not {path}.");
        foreach (var folder in folders)
            if (!Directory.Exists(folder))
                throw new IOException($"There is no folder {folder}.");
        var stages = folders.Length == 1 && SpeedrunRecord.Exists(folders[0])
            ? SpeedrunReport.Stages(folders[0])
            : [.. folders.Select(folder => ReportStage.OfFolder(NameOf(folder, folders), folder))];
        var empty = folders.Where((_, i) => stages.Count == folders.Length && stages[i].Run is null && stages[i].Scores.Count == 0).FirstOrDefault();
        if (empty is not null || stages.All(stage => stage.Run is null && stage.Scores.Count == 0))
            throw new IOException($"{empty ?? folders[0]} has nothing to report: neither log.jsonl or loss.csv, which training writes, nor scores.json (microgpt eval --save).");
        var title = parse.GetValue(_title) ?? string.Join(", ", folders.Select(folder => NameOf(folder, folders)));
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
            OutputFolder.Make(parent);
        var files = new ReportCard(title, stages).Save(path);
        _context.WriteLine($"Wrote {TrainingSession.Quote(files[0])}, and the same as {TrainingSession.Quote(files[1])} with {files.Count - 2} charts.");
        return ExitCode.Success;
    }

    /// <summary>The folder's own name, or all of its path where two have the same.</summary>
    private static string NameOf(string folder, string[] folders)
    {
        return folders.Count(other => Last(other) == Last(folder)) == 1 ? Last(folder) : folder;

        static string Last(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
    }
}
