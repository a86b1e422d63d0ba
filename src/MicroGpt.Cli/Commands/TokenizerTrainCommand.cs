using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Cli.Output;
using MicroGpt.Data.Documents;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt tokenizer train`: a vocabulary from texts.</summary>
internal sealed class TokenizerTrainCommand : Command, IHasExamples
{
    private const string VocabularySizeName = "--vocab-size";

    private readonly Option<string[]> _data = new("--data")
    {
        Description = $"Texts to learn from: files, folders and patterns such as texts/**/*.md ({DocumentReader.Endings}); or names or names-zh, which are built in.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _out = new("--out") { Description = "The folder for the tokenizer.", HelpName = "FOLDER", Required = true };
    private readonly Option<TokenizerKind?> _kind = new("--kind")
    {
        Description = "bpe: byte-level BPE, which keeps every byte (default); wordpiece: BERT's words, lower case; char: a token a character.",
        HelpName = "bpe|wordpiece|char",
    };

    private readonly Option<int?> _vocabularySize = new(VocabularySizeName) { Description = "Tokens to reach (default: 32768).", HelpName = "N" };
    private readonly TokenizerTrainSettings _settings = new();
    private readonly DocumentSettings _documents = new();
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace the tokenizer that --out already holds." };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public TokenizerTrainCommand(CommandContext context)
        : base("train", "Learn a vocabulary from texts.")
    {
        _context = context;
        foreach (var option in (Option[])[_data, _out, _kind, _vocabularySize, .. _settings.Options, .. _documents.Options, _overwrite, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt tokenizer train --data my-notes.txt --vocab-size 2000 --out my-tokenizer", "A vocabulary of your own text"),
        ("microgpt tokenizer train --data my-notes.txt --vocab-size 4096 --pattern nanochat --out chat-tokenizer", "nanochat's pattern and special tokens, for chat models"),
        ("microgpt tokenizer train --data my-notes.txt --kind wordpiece --vocab-size 1000 --out words", "As BERT has it, with vocab.txt"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_out)!;
        OutputFolder.Check(folder);
        if (File.Exists(Path.Combine(folder, TokenizerFiles.TokenizerName)) && !parse.GetValue(_overwrite))
            throw new IOException($"{folder} already holds a tokenizer. Replace it (--overwrite), or choose another --out.");
        var kind = parse.GetValue(_kind) ?? TokenizerKind.Bpe;
        if (kind == TokenizerKind.Char && parse.GetValue(_vocabularySize) is not null)
            throw new ArgumentException($"A vocabulary of characters is as large as the text's alphabet: leave out {VocabularySizeName}.");
        var size = parse.GetValue(_vocabularySize) ?? new BpeTrainerOptions().VocabularySize;
        var train = _settings.Trainer(parse, kind, size, parse.GetValue(_threads)); // refuses what can't be

        var reader = new DocumentReader(parse.GetValue(_data)!, _documents.Read(parse));
        OutputFolder.Make(folder);
        try
        {
            return Learn(reader, folder, kind, size, train);
        }
        finally
        {
            OutputFolder.DeleteIfEmpty(folder);
        }
    }

    private int Learn(DocumentReader reader, string folder, TokenizerKind kind, int size, TrainTokenizer train)
    {
        var watch = Stopwatch.StartNew();
        ITokenizer tokenizer;
        try
        {
            tokenizer = TokenizerProgress.Run(
                _context, reader, kind == TokenizerKind.Char ? null : size, progress => train(Documents(reader), progress, _context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            _context.WriteLine("Stopped; nothing was written.");
            return ExitCode.Interrupted;
        }

        if (reader.Count == 0)
            throw new InvalidDataException("There is no text in the data; there is nothing to learn from.");
        Save(tokenizer, folder);
        foreach (var problem in reader.Problems)
            _context.WriteLine($"skipped: {problem}");
        Line($"Read {reader.Count:N0} documents, {ByteCount.InWords(reader.TotalBytes)}{(reader.Skipped > 0 ? $"; skipped {reader.Skipped:N0} that could not be read" : "")}.");
        if (kind != TokenizerKind.Char && size > tokenizer.VocabularySize)
            Line($"The text gives no more than {tokenizer.VocabularySize:N0} tokens.");
        Line($"Saved in {TrainingSession.Quote(folder)}: {tokenizer.VocabularySize:N0} tokens, {tokenizer.SpecialTokens.Count} of them special, in {watch.Elapsed.TotalSeconds:F1} s.");
        return ExitCode.Success;

        void Line(FormattableString line) => _context.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private IEnumerable<ReadOnlyMemory<byte>> Documents(DocumentReader reader) => reader.Read(_context.Cancellation).Select(document => document.Utf8);

    private static void Save(ITokenizer tokenizer, string folder)
    {
        TokenizerFiles.Save(tokenizer, folder, ChatTemplate.For(tokenizer)?.Jinja);
        if (tokenizer is WordPieceTokenizer wordPiece)
            File.WriteAllBytes(Path.Combine(folder, VocabularyText.FileName), VocabularyText.Write(wordPiece));
    }
}
