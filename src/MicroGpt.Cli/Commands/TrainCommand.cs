using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt train`: a model from a text file, or more steps for one that was interrupted.</summary>
internal sealed class TrainCommand : Command, IHasExamples
{
    private readonly Option<string> _data = new("--data")
    {
        Description = $"The text to learn from, UTF-8; the texts of JSON lines or of a table; a folder that data prepare made; or {string.Join(" or ", EmbeddedData.All)}, which are built in.",
        HelpName = "FILE|FOLDER",
    };

    private readonly Option<BatchKind?> _batches = new("--batches")
    {
        Description = "Of prepared data: windows that start anywhere (default for texts), rows packed with whole documents (default for conversations), or a document a row.",
        HelpName = "windows|packed|documents",
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "Learn the tokens of this tokenizer (a folder or file) instead of characters.",
        HelpName = "PATH",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for the model and everything needed to resume.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on with the run in --out exactly where it stopped, with its own settings (--steps may be raised, --recompute and --patience changed).",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Start anew although --out already holds a model; it goes when the new run first saves." };
    private readonly Option<bool> _checkNumerics = new("--check-numerics")
    {
        Description = "Look at every number, and if one is infinite or not a number say which operation made it. Slower.",
    };

    private readonly Option<bool> _tensorBoard = TrainingSession.TensorBoardOption();
    private readonly Option<bool> _plain = new("--plain") { Description = "Print lines instead of a moving progress bar." };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly TrainingSettings _settings = new();
    private readonly CommandContext _context;

    public TrainCommand(CommandContext context)
        : base("train", "Train a model on a text file or prepared data.")
    {
        _context = context;
        Options.Add(_data);
        Options.Add(_tokenizer);
        Options.Add(_batches);
        Options.Add(_out);
        foreach (var option in _settings.Options)
            Options.Add(option);
        Options.Add(_resume);
        Options.Add(_overwrite);
        Options.Add(_checkNumerics);
        Options.Add(_threads);
        Options.Add(_tensorBoard);
        Options.Add(_plain);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt train --data my-notes.txt --out my-model", "A small model of your own text"),
        ("microgpt train --data book.txt --patience 3 --keep-best --out book", "Until three evaluations in a row bring nothing better; the best is kept"),
        ("microgpt train --recipe shakespeare-char --data tinyshakespeare.txt --out shakespeare", "nanoGPT's run for a CPU"),
        ("microgpt train --data book.txt --preset gpt2 --layers 6 --heads 6 --width 384 --context 256 --batch 16 --steps 5000 --out book",
            "A larger one, in your own sizes"),
        ("microgpt train --data book.txt --preset gpt2 --batch 1 --accumulate 8 --recompute --out gpt2",
            "The published size, in as little memory as it can be: batches of 8, one sequence at a time"),
        ("microgpt train --data my-data --batches packed --out my-model", "On what microgpt data prepare made, larger than memory or not"),
        ("microgpt train --preset lstm --data book.txt --layers 2 --width 128 --out book", "A recurrent model; rnn, gru, bigram and mlp are others to compare with"),
        ("microgpt train --recipe names --data my-words.txt --out words", "One document a line"),
        ("microgpt train --data book.txt --tokenizer my-tokenizer --out book", "In tokens of several letters (microgpt tokenizer train makes them)"),
        ("microgpt train --resume --out my-model", "Go on after Ctrl-C"),
        ("microgpt train --resume --out my-model --check-numerics", "Find what made a run diverge"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_out)!;
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var trainer = parse.GetValue(_resume) ? Resume(parse, folder, device) : Start(parse, folder, device);
        trainer.ChecksNumerics = parse.GetValue(_checkNumerics);
        return TrainingSession.Run(_context, trainer, folder, parse.GetValue(_plain), tensorBoard: parse.GetValue(_tensorBoard));
    }

    private Trainer Start(ParseResult parse, string folder, Device device)
    {
        OutputFolder.Check(folder);
        if (ModelCheckpoint.Exists(folder) && !parse.GetValue(_overwrite))
            throw new IOException(
                $"{folder} already holds a model. Go on with it (--resume), replace it (--overwrite), or choose another --out.");

        var recipe = _settings.Read(parse);
        var data = parse.GetValue(_data)
            ?? (recipe.DataKind == CorpusKind.Lines ? EmbeddedData.Names : throw new ArgumentException("Which text is to be learned? Say it with --data FILE."));
        var trainer = PreparedCorpus.Exists(data) ? StartPrepared(parse, recipe, data, device) : StartText(parse, recipe, data, device);
        OutputFolder.Make(folder);
        return trainer;
    }

    private Trainer StartText(ParseResult parse, Recipe recipe, string data, Device device)
    {
        if (parse.GetValue(_batches) is not null)
            throw new ArgumentException("--batches is for data that microgpt data prepare made; of a text, say how to read it: --data-as text or lines.");
        var corpus = Corpus.Load(data, recipe.DataKind);
        var (tokenizer, template) = parse.GetValue(_tokenizer) is { } path
            ? (TokenizerFiles.Load(path), TokenizerFiles.LoadConfig(path).ChatTemplate)
            : (null, null);
        if (!_settings.Given(parse).Contains(TrainingSettings.ContextName))
            recipe = recipe.FitTo(corpus, tokenizer);
        var vocabularySize = (tokenizer ?? CharTokenizer.Train(corpus.Documents, bos: corpus.Kind == CorpusKind.Lines)).VocabularySize;
        recipe = _settings.WithHorizon(parse, recipe, vocabularySize, device);
        return Trainer.Start(corpus, recipe.Model, recipe.Options, device, tokenizer, template);
    }

    /// <summary>The data stays open: training reads it to its end.</summary>
    private Trainer StartPrepared(ParseResult parse, Recipe recipe, string data, Device device)
    {
        var given = _settings.Given(parse).Intersect([TrainingSettings.DataAsName, RunSettings.ValidationFractionName]).ToList();
        if (parse.GetValue(_tokenizer) is not null)
            given.Add(_tokenizer.Name);
        if (given.Count > 0)
            throw new ArgumentException($"{data} is prepared, with a tokenizer and with what to validate on: leave out {string.Join(", ", given)}.");
        var corpus = PreparedCorpus.Open(data);
        var kind = parse.GetValue(_batches) ?? (corpus.Description.ChatTemplate is null ? BatchKind.Windows : BatchKind.Packed);
        var model = recipe.Model;
        if (kind == BatchKind.Documents && !_settings.Given(parse).Contains(TrainingSettings.ContextName))
            model = model with { ContextLength = Math.Min(model.ContextLength, corpus.Tokens(kind, recipe.Options.Seed).LongestContext) };
        return Trainer.Start(corpus, kind, model, _settings.WithHorizon(parse, recipe with { Model = model }, corpus.Description.VocabularySize, device).Options, device);
    }

    private Trainer Resume(ParseResult parse, string folder, Device device)
    {
        if (parse.GetValue(_overwrite))
            throw new ArgumentException("--resume and --overwrite exclude each other.");
        var fixedSettings = _settings.Given(parse).Where(name => name is not (RunSettings.StepsName or RunSettings.RecomputeName or RunSettings.PatienceName)).ToArray();
        if (parse.GetValue(_batches) is not null)
            fixedSettings = [_batches.Name, .. fixedSettings];
        if (parse.GetValue(_tokenizer) is not null)
            fixedSettings = [_tokenizer.Name, .. fixedSettings];
        if (fixedSettings.Length > 0)
            throw new ArgumentException($"A resumed run keeps its settings: leave out {string.Join(", ", fixedSettings)}.");

        var trainer = Trainer.Resume(folder, device, _settings.Steps(parse), parse.GetValue(_data), _settings.Recompute(parse), _settings.Patience(parse));
        LearningOn.CheckUnfinished(trainer, folder);
        return trainer;
    }
}
