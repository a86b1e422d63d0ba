using System.CommandLine;
using System.Globalization;
using MicroGpt.Cli.Output;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt data prepare`: documents in many formats to token shards that training reads without loading them.</summary>
internal sealed class DataPrepareCommand : Command, IHasExamples
{
    private const string OwnTemplate = "own";

    private readonly Option<string[]> _input = new("--input")
    {
        Description = "What to learn: files, folders, patterns (data/**/*.jsonl), or built-in data.",
        HelpName = "PATH…",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _tokenizer = new("--tokenizer")
    {
        Description = "A folder with a tokenizer, or its file. It is copied to --out.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder to make: files of tokens, the tokenizer, and prepared.json.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<TextCut?> _splitBy = new("--split-by")
    {
        Description = "Where a document ends in plain text: with the file (default), with the line, at blank lines, or at lines that are --separator.",
        HelpName = "file|lines|paragraphs|separators",
    };

    private readonly Option<string?> _separator = new("--separator") { Description = "The line between documents (default: <|endoftext|>).", HelpName = "TEXT" };
    private readonly Option<string?> _chatTemplate = new("--chat-template")
    {
        Description = $"How conversations become tokens: chatml, nanochat, or {OwnTemplate} for what the tokenizer's files say. Only answers are then learned.",
        HelpName = $"chatml|nanochat|{OwnTemplate}",
    };

    private readonly Option<bool> _learnAll = new("--learn-all") { Description = "Learn conversations whole, what is asked too: for pretraining." };
    private readonly Option<double> _validation = new("--validation")
    {
        Description = "The part to be judged by, 0 to 0.5.",
        HelpName = "X",
        DefaultValueFactory = _ => new PreparationOptions().ValidationFraction,
    };

    private readonly Option<HeldBack?> _holdBack = new("--hold-back")
    {
        Description = "What that part is: whole documents, chosen by a hash of their text (default), or the ends of all, for a few long texts.",
        HelpName = "documents|ends",
    };

    private readonly Option<long> _shardTokens = new("--shard-tokens")
    {
        Description = "Tokens a file at most.",
        HelpName = "N",
        DefaultValueFactory = _ => new PreparationOptions().ShardTokens,
    };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Another seed holds back other documents.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "How many threads encode (default: one a core). The files do not depend on it.",
        HelpName = "N",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace the prepared data in --out." };
    private readonly DocumentSettings _documents = new();
    private readonly CommandContext _context;

    public DataPrepareCommand(CommandContext context)
        : base("prepare", "Turn texts or conversations into tokens in files, which training reads without loading them.")
    {
        _context = context;
        foreach (var option in (Option[])
            [
                _input, _tokenizer, _out, .. _documents.Options, _splitBy, _separator, _chatTemplate, _learnAll, _validation, _holdBack, _shardTokens, _seed,
                _threads, _overwrite,
            ])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt data prepare --input my-notes --tokenizer my-tokenizer --out my-data", "All texts in a folder, a document a file"),
        ("microgpt data prepare --input names --tokenizer my-tokenizer --out my-names --split-by lines", "A document a line"),
        ("microgpt data prepare --input book.txt --tokenizer my-tokenizer --out book --hold-back ends", "One long text, its end to be judged by"),
        ("microgpt data prepare --input chats.jsonl --tokenizer my-tokenizer --out chats --chat-template chatml", "Conversations, of which answers are learned"),
        ("microgpt train --data my-data --batches packed --out my-model", "Then train on it"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_out)!;
        var tokenizerPath = parse.GetValue(_tokenizer)!;
        var tokenizer = TokenizerFiles.Load(tokenizerPath);
        var own = TokenizerFiles.LoadConfig(tokenizerPath).ChatTemplate;
        var reading = _documents.Read(parse);
        reading = reading with { Cut = parse.GetValue(_splitBy) ?? reading.Cut, Separator = parse.GetValue(_separator) ?? reading.Separator };
        var reader = new DocumentReader(parse.GetValue(_input)!, reading);
        var preparation = new CorpusPreparation(tokenizer, new PreparationOptions
        {
            ValidationFraction = parse.GetValue(_validation),
            HeldBack = parse.GetValue(_holdBack) ?? HeldBack.Documents,
            Seed = parse.GetValue(_seed),
            ShardTokens = parse.GetValue(_shardTokens),
            ChatTemplate = Template(parse.GetValue(_chatTemplate), own, tokenizerPath),
            LearnAll = parse.GetValue(_learnAll),
            TokenizerChatTemplate = own,
            SkipBad = reading.SkipBad,
            Threads = parse.GetValue(_threads),
            Overwrite = parse.GetValue(_overwrite),
        });

        PreparedFile file;
        try
        {
            file = PreparationOutput.Run(
                _context, reader, progress => preparation.Run(reader.Read(_context.Cancellation), folder, progress, _context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            _context.WriteLine($"Stopped; nothing is left of it in {TrainingSession.Quote(folder)}.");
            return ExitCode.Interrupted;
        }

        _context.WriteLine();
        PreparedSummary.Write(_context, file);
        ReportBad(reader.Skipped + preparation.Skipped, [.. reader.Problems, .. preparation.Problems]);
        _context.WriteLine();
        if (file.Validation.Documents == 0 && file.ValidationFraction > 0)
            _context.WriteLine("Nothing is held back, since there are too few documents; for a few long ones, --hold-back ends helps.");
        _context.WriteLine("Train on it with:");
        _context.WriteLine($"  {_context.Self} train --data {TrainingSession.Quote(folder)} --out MODEL");
        return ExitCode.Success;
    }

    private void ReportBad(long count, IReadOnlyList<string> problems)
    {
        if (count == 0)
            return;
        _context.WriteLine();
        _context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} bad {(count == 1 ? "record was" : "records were")} left out:"));
        foreach (var problem in problems)
            _context.WriteLine($"  {problem.ReplaceLineEndings(" ")}");
        if (count > problems.Count)
            _context.WriteLine("  …");
    }

    private static ChatTemplate? Template(string? name, string? own, string tokenizerPath) => name switch
    {
        null => null,
        "chatml" => new ChatMlTemplate(),
        "nanochat" => new NanochatTemplate(),
        OwnTemplate => ChatTemplate.Recognize(own
            ?? throw new ArgumentException($"The files of {tokenizerPath} describe no chat template; say --chat-template chatml or nanochat.")),
        _ => throw new ArgumentException($"There is no chat template {name}; there are chatml, nanochat and {OwnTemplate}."),
    };
}
