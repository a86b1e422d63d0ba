using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Output;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt finetune`: a trained model learns on, whole or by an adapter.</summary>
internal sealed class FineTuneCommand : Command, IHasExamples
{
    private const double UsualEpochs = 3;
    private const double UsualValidationFraction = 0.05;
    private const string DataFolder = "data";

    private readonly LearningOn _on = new("The folder of the model to go on with (or of an adapter, which then learns on).");
    private readonly Option<string?> _data = new("--data")
    {
        Description = "What to learn: a folder that data prepare made, or files of conversations or texts, which are prepared in --out first.",
        HelpName = "FOLDER|FILE",
    };

    private readonly Option<string?> _task = new("--task")
    {
        Description = "What the data is, where it is a table (.csv, .tsv, .jsonl): sentiment (text, label), summarize (text, summary) or qa (question, answer and perhaps passage).",
        HelpName = string.Join("|", TaskForm.All.Select(form => form.Name)),
    };

    private readonly Option<double?> _epochs = RunSettings.Number("--epochs", $"How often to go through the data, about, where --steps is not given (default: {UsualEpochs}).");
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly LoraSettings _lora = new();
    private readonly RunSettings _run = new();
    private readonly CommandContext _context;

    public FineTuneCommand(CommandContext context)
        : base("finetune", "Train a model on, on conversations or texts of your own: all of it, or an adapter (LoRA).")
    {
        _context = context;
        foreach (var option in (Option[])[_on.Model, _data, _task, _on.Out, .. _lora.Options, _epochs, .. _run.Options, _on.Resume, _on.Overwrite, _threads, _on.TensorBoard, _on.Plain])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt finetune --model my-model --data chats.jsonl --out my-chat", "All of the model, on conversations"),
        ("microgpt finetune --model my-model --data chats.jsonl --lora --rank 16 --out my-adapter", "An adapter: a small file beside a model that stays as it is"),
        ("microgpt finetune --model my-model --data my-data --lora --targets q_proj,v_proj --lr 2e-3 --out my-adapter", "Of some linear maps only"),
        ("microgpt finetune --model my-chat --task qa --data faq.csv --out my-support", "Answers from a table of questions and answers"),
        ("microgpt finetune --resume --out my-chat", "Go on after Ctrl-C"),
        ("microgpt sample --model my-adapter --prompt \"Hello\"", "Use an adapter: its folder stands for the model with it"),
        ("microgpt merge --model my-adapter --out my-merged", "Put an adapter into a copy of its model, for programs that know no adapters"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_on.Out)!;
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var trainer = parse.GetValue(_on.Resume) ? Resume(parse, folder, device) : Start(parse, folder, device);
        return TrainingSession.Run(_context, trainer, folder, parse.GetValue(_on.Plain), Name, tensorBoard: parse.GetValue(_on.TensorBoard));
    }

    private Trainer Start(ParseResult parse, string folder, Device device)
    {
        var path = _on.Start(parse);
        var data = parse.GetValue(_data) ?? throw new ArgumentException("What is it to learn? Say it with --data FILE or FOLDER.");
        var lora = _lora.Read(parse);
        var model = ModelCheckpoint.Load(path, device);
        var fraction = _run.ValidationFraction(parse);
        if (fraction is not null && PreparedCorpus.Exists(data))
            throw new ArgumentException($"{data} is prepared, with what to validate on: leave out {RunSettings.ValidationFractionName}.");
        var task = parse.GetValue(_task) is { } name ? TaskForm.Named(name) : null;
        if (task is not null && PreparedCorpus.Exists(data))
            throw new ArgumentException($"{data} is prepared already: leave out {_task.Name}, which says how to read a table.");
        var corpus = PreparedCorpus.Open(
            PreparedCorpus.Exists(data) ? data : Prepare(data, task, model, fraction ?? UsualValidationFraction, Path.Combine(folder, DataFolder)));
        var kind = corpus.Description.StartId is null ? BatchKind.Windows : BatchKind.Packed;
        var options = _run.Read(parse, Usual(isAdapter: lora is not null || model.Adapter is not null));
        if (_run.Steps(parse) is null)
            options = options with { Steps = StepsOf(corpus, parse.GetValue(_epochs) ?? UsualEpochs, options, model.Model.Config.ContextLength) };
        return Trainer.FineTune(model, corpus, kind, options, lora);
    }

    /// <summary>As for pretraining, but gently, and without decay towards zero, which the model has left for good reasons.</summary>
    private static TrainerOptions Usual(bool isAdapter) => new()
    {
        BatchSize = 8,
        LearningRate = isAdapter ? 1e-3 : 3e-4,
        WarmupSteps = 20,
        WeightDecay = 0,
        EvaluationInterval = 100,
        EvaluationBatches = 20,
        SaveInterval = 100,
    };

    private static int StepsOf(PreparedCorpus corpus, double epochs, TrainerOptions options, int context)
    {
        if (!(epochs > 0 && epochs <= 1e6))
            throw new ArgumentException("--epochs must be a number from above 0 to a million.");
        var steps = epochs * corpus.Description.Train.Tokens / ((double)options.BatchSize * options.AccumulationSteps * context);
        return (int)Math.Clamp(Math.Ceiling(steps), 1, int.MaxValue);
    }

    private string Prepare(string data, TaskForm? task, LoadedModel model, double validationFraction, string folder)
    {
        var template = model.ChatTemplate is { } jinja ? ChatTemplate.Recognize(jinja) : null;
        if (task is not null && template is null)
            throw new ArgumentException($"{model.Folder} has no form for conversations, which {_task.Name} needs. Begin with a model that has learned some: microgpt speedrun makes one.");
        var reader = new DocumentReader([data], new DocumentReaderOptions());
        var preparation = new CorpusPreparation(
            model.Tokenizer,
            new PreparationOptions { ValidationFraction = validationFraction, ChatTemplate = template, TokenizerChatTemplate = model.ChatTemplate, Overwrite = true });
        PreparationOutput.Run(_context, reader, progress => preparation.Run(task?.Read(data) ?? reader.Read(_context.Cancellation), folder, progress, _context.Cancellation));
        return folder;
    }

    private Trainer Resume(ParseResult parse, string folder, Device device)
    {
        _on.CheckResumed(parse, [_task, _epochs, .. _lora.Options, .. _run.Options], [RunSettings.StepsName, RunSettings.RecomputeName, RunSettings.PatienceName]);
        var trainer = Trainer.Resume(folder, device, _run.Steps(parse), parse.GetValue(_data), _run.Recompute(parse), _run.Patience(parse));
        LearningOn.CheckUnfinished(trainer, folder);
        return trainer;
    }
}
