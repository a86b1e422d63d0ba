using System.CommandLine;
using MicroGpt.Cli.Speedruns;
using MicroGpt.Data.Documents;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt speedrun`: from nothing to a model that one can talk to.</summary>
internal sealed class SpeedrunCommand : Command, IHasExamples
{
    private const int FewestBytes = 3000;

    private readonly Option<double?> _minutes = new("--minutes") { Description = "The time that all of it may take (default: 10). The size of the model follows from it.", HelpName = "N" };
    private readonly Option<int?> _depth = new("--depth") { Description = "Layers of the model, from which its width and heads follow (default: what the time allows).", HelpName = "N" };
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Your own texts: files, folders and patterns. They are learned first; then the curriculum teaches to reply.",
        HelpName = "PATH…",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _language = new("--language") { Description = "The language that the model learns to speak (default: en).", HelpName = "en|zh" };
    private readonly Option<string> _out = new("--out") { Description = "The folder for everything.", HelpName = "FOLDER", DefaultValueFactory = _ => "my-gpt" };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Where the random numbers start (default: 1).", HelpName = "N" };
    private readonly Option<string?> _repeat = new("--repeat")
    {
        Description = "Do what the run in that folder did, sizes and steps, however fast this machine is: on the same kind of processor, the same model to the last bit.",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _noChat = new("--no-chat") { Description = "End when the model is done, instead of beginning to talk." };
    private readonly Option<bool> _plain = new("--plain") { Description = "Print lines instead of moving progress bars." };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;
    private readonly Func<string[], int> _run;

    /// <param name="context">What commands work with.</param>
    /// <param name="run">Runs another command line.</param>
    public SpeedrunCommand(CommandContext context, Func<string[], int> run)
        : base("speedrun", "Make a chat model from nothing: data, tokenizer, pretraining, fine-tuning, evaluation, report; then talk to it.")
    {
        (_context, _run) = (context, run);
        foreach (var option in (Option[])[_minutes, _depth, _data, _language, _out, _seed, _repeat, _noChat, _plain, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt speedrun", "A model in 10 minutes, in the folder my-gpt; the same command goes on after Ctrl-C"),
        ("microgpt speedrun --minutes 60 --out larger", "A larger one"),
        ("microgpt speedrun --data my-notes --out mine", "One that has read your texts"),
        ("microgpt speedrun --language zh --out chinese", "One that speaks Chinese"),
        ("microgpt speedrun --repeat my-gpt --out again", "The same once more, to the last bit"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_out)!;
        OutputFolder.Check(folder);
        var record = SpeedrunRecord.Exists(folder) ? GoOn(parse, folder) : Begin(parse, folder);
        var code = new Speedrun(_context, _run, folder, record, parse.GetValue(_threads), parse.GetValue(_plain)).Run();
        if (code != ExitCode.Success)
            return code;
        var chat = Path.Combine(folder, Speedrun.ChatFolder);
        _context.WriteLine();
        _context.WriteLine($"How it went: {TrainingSession.Quote(Path.Combine(folder, Speedrun.ReportFile))}, for a browser.");
        if (!parse.GetValue(_noChat) && _context.IsInteractive)
            return _run(["chat", "--model", chat]);
        _context.WriteLine("Talk to it:");
        _context.WriteLine($"  {_context.Self} chat --model {TrainingSession.Quote(chat)}");
        return ExitCode.Success;
    }

    private SpeedrunRecord Begin(ParseResult parse, string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(entry => !SpeedrunRecord.IsLeftover(entry)))
            throw new IOException($"{folder} holds something else. Choose another --out, which is empty or not there yet.");
        var usual = new SpeedrunRecord();
        var record = usual with
        {
            Minutes = parse.GetValue(_minutes) ?? usual.Minutes,
            Depth = parse.GetValue(_depth),
            Data = [.. Data(parse)],
            Language = parse.GetValue(_language) ?? usual.Language,
            Seed = parse.GetValue(_seed) ?? usual.Seed,
        };
        if (parse.GetValue(_repeat) is { } path)
            record = Repeated(parse, path);
        record.Validate();
        if (record.Data.Count > 0 && new DocumentReader(record.Data).TotalBytes is var bytes and < FewestBytes)
            throw new ArgumentException($"There are {bytes:N0} bytes in --data; {FewestBytes:N0}, a page, are the least that teaches something.");
        OutputFolder.Make(folder);
        record.Save(folder);
        return record;
    }

    private SpeedrunRecord Repeated(ParseResult parse, string path)
    {
        if (((Option[])[_minutes, _depth, _data, _language, _seed]).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } given)
            throw new ArgumentException($"A run that is repeated keeps its settings: leave out {given.Name}.");
        if (!SpeedrunRecord.Exists(path))
            throw new IOException($"{path} holds no speedrun to repeat.");
        var old = SpeedrunRecord.Load(path);
        return old.Done.Contains(Speedrun.FineTuning, StringComparer.Ordinal)
            ? old.Again()
            : throw new ArgumentException($"The run in {path} has not come far enough to be repeated. Let it end first: {_context.Self} speedrun --out {TrainingSession.Quote(path)}");
    }

    private SpeedrunRecord GoOn(ParseResult parse, string folder)
    {
        var record = SpeedrunRecord.Load(folder);
        Same(_minutes, record.Minutes, parse.GetValue(_minutes));
        Same(_depth, record.Depth, parse.GetValue(_depth));
        if (parse.GetValue(_language) is { } language && language != record.Language)
            Refuse(_language, record.Language);
        Same(_seed, record.Seed, parse.GetValue(_seed));
        if (parse.GetResult(_data) is { Implicit: false } && !Data(parse).SequenceEqual(record.Data, StringComparer.Ordinal))
            Refuse(_data, string.Join(' ', record.Data));
        if (parse.GetValue(_repeat) is not null && !record.IsRepeated)
            Refuse(_repeat, "nothing");
        return record;

        void Same<T>(Option<T?> option, T? was, T? given)
        {
            if (parse.GetResult(option) is { Implicit: false } && !Equals(given, was))
                Refuse(option, FormattableString.Invariant($"{was?.ToString() ?? "nothing"}"));
        }

        void Refuse(Option option, string was) => throw new ArgumentException(
            $"The run in {folder} was begun with {was} for {option.Name}. Leave it out to go on with that run, or choose another --out.");
    }

    /// <summary>Paths that still mean the same when the run is gone on with from elsewhere; built-in data keeps its name.</summary>
    private IEnumerable<string> Data(ParseResult parse) =>
        (parse.GetValue(_data) ?? []).Select(path => Path.Exists(path) || path.Contains('*', StringComparison.Ordinal) ? Path.GetFullPath(path) : path);
}
