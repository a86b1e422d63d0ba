using System.CommandLine;
using System.Globalization;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt info`: what a model is, and what it takes, whether it is trained or only thought of.</summary>
internal sealed class InfoCommand : Command, IHasExamples
{
    private const int Gpt2Vocabulary = 50257;

    private readonly Option<string?> _model = new("--model") { Description = "The folder of a trained model.", HelpName = "FOLDER" };
    private readonly TrainingSettings _settings = new();
    private readonly Option<int> _vocabulary = new("--vocab")
    {
        Description = "Tokens that a model without a folder knows.",
        HelpName = "N",
        DefaultValueFactory = _ => Gpt2Vocabulary,
    };

    private readonly Option<bool> _tensors = new("--tensors") { Description = "List every parameter with its shape." };
    private readonly CommandContext _context;

    public InfoCommand(CommandContext context)
        : base("info", "Show a model's configuration, parameters and memory, trained or not.")
    {
        _context = context;
        Options.Add(_model);
        foreach (var option in _settings.Sizes)
            Options.Add(option);
        Options.Add(_vocabulary);
        Options.Add(_tensors);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt info --model microgpt-names", "What the quickstart trained"),
        ("microgpt info --model microgpt-names --tensors", "Every matrix of it"),
        ("microgpt info --preset gpt2 --batch 4", "What GPT-2 would take to train"),
        ("microgpt info --preset nanochat --depth 20 --vocab 32768", "nanochat in any size, from its one dial"),
        ("microgpt info --layers 6 --heads 6 --width 384 --context 256 --vocab 65", "A model of your own sizes"),
    ];

    private int Run(ParseResult parse)
    {
        using var device = CommandContext.CreateDevice(null);
        var options = _settings.Read(parse).Options;
        ModelConfig config;
        if (parse.GetValue(_model) is { } folder)
        {
            if (_settings.Given(parse).FirstOrDefault(name => name != RunSettings.BatchName) is { } given)
                throw new ArgumentException($"The model in {folder} has its sizes: leave out {given}.");
            var (model, tokenizer, step) = ModelCheckpoint.Load(folder, device);
            config = model.Config;
            Describe(config, model.ParameterCount, $"{config.Preset}, trained for {step:N0} steps", What(tokenizer), options, device);
        }
        else
        {
            if (!_settings.Given(parse).Any(name => name != RunSettings.BatchName))
                throw new ArgumentException("Which model? Say --model FOLDER, or a recipe, a preset or sizes: microgpt info --help");
            config = _settings.Read(parse).Model with { VocabularySize = parse.GetValue(_vocabulary) };
            var memory = TrainingMemory.Predict(config, options, device); // refuses what can't be
            Describe(config, memory.Weights / sizeof(float), $"{config.Preset}, not trained", "", options, device);
        }

        if (parse.GetValue(_tensors))
            ListTensors(config, device);
        return ExitCode.Success;
    }

    private void Describe(
        ModelConfig config, long parameters, FormattableString model, string vocabulary, TrainerOptions options, Device device)
    {
        var training = TrainingMemory.Predict(config, options with { Recompute = false }, device);
        var recomputing = TrainingMemory.Predict(config, options with { Recompute = true }, device);

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        Row("model", model);
        Row("parameters", $"{parameters:N0}");
        Row("vocabulary", $"{config.VocabularySize:N0} tokens{vocabulary}");
        if (config is GptConfig gpt)
            DescribeGpt(gpt);
        else
            Row("sizes", $"{config.Sizes}");
        Row("to run", $"{ByteCount.InWords(training.Weights)} of weights");
        if (config is GptConfig { Layers: var layers, KeyValueHeadCount: var heads, HeadSize: var size })
            Row("", $"{ByteCount.InWords(2L * layers * config.ContextLength * heads * size * sizeof(float))} of keys and values for a full context");
        Row("to train", $"{ByteCount.InWords(training.Total)} in batches of {options.BatchSize:N0}:");
        Row("", $"{training.InWords()}");
        Row("", $"{ByteCount.InWords(recomputing.Total)} with --recompute: {ByteCount.InWords(recomputing.Activations)} of activations");
        _context.Console.Write(grid);

        void DescribeGpt(GptConfig config)
        {
            Row("context", $"{config.ContextLength:N0} tokens");
            Row("layers", $"{config.Layers:N0}");
            Row("heads", $"{config.Heads:N0} of {config.HeadSize:N0}, {config.KeyValueHeadCount:N0} for keys and values");
            if (config.WindowPattern is { } pattern)
                Row("windows", $"{pattern}: of a short one, {config.Window(pattern.IndexOf('S', StringComparison.Ordinal)) ?? config.ContextLength:N0} positions before its own");
            Row("width", $"{config.Width:N0}, {config.MlpHidden:N0} inside the MLP");
            Row("positions", config.Positions == PositionKind.Rotary ? $"rotary, theta {config.RotaryBase:N0}" : (FormattableString)$"{(config.Positions == PositionKind.Learned ? "learned" : "sinusoidal")}");
            Row("norm", $"{config.Norm}{(config.NormWeights ? "" : " without weights")}, epsilon {config.NormEpsilon}");
            Row("activation", $"{config.Activation}");
            if (Extras(config) is { Length: > 0 } extras)
                Row("with", $"{extras}");
            Row("biases", $"{(config.Bias ? "yes" : "no")}");
            Row("head", $"{(config.TiedHead ? "shares the token embedding" : "a matrix of its own")}");
        }

        void Row(string name, FormattableString value) => grid.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Extras(GptConfig config)
    {
        (bool Has, string Name)[] extras =
        [
            (config.QkNorm, "normalized queries and keys"),
            (config.ValueEmbeddings, "value embeddings"),
            (config.Smear, "smear"),
            (config.LayerScalars, "layer scalars"),
            (config.BackOut, "back-out"),
            (config.LogitSoftCap is not null, string.Create(CultureInfo.InvariantCulture, $"logits capped at {config.LogitSoftCap}")),
        ];
        return string.Join(", ", extras.Where(extra => extra.Has).Select(extra => extra.Name));
    }

    private void ListTensors(ModelConfig config, Device device)
    {
        using var meta = device.CreateMeta();
        var tensors = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn(new GridColumn().NoWrap());
        foreach (var parameter in config.Create(meta).Parameters)
            tensors.AddRow(Markup.Escape(parameter.Name), parameter.Shape.ToString());
        _context.WriteLine();
        _context.Console.Write(tensors);
    }

    private static string What(ITokenizer tokenizer) => tokenizer switch
    {
        CharTokenizer { BosId: null } => ": characters of a text",
        CharTokenizer => ": characters, and one for the start and end of a document",
        BpeTokenizer => ": byte-level BPE",
        WordPieceTokenizer => ": WordPiece",
        _ => "",
    };
}
