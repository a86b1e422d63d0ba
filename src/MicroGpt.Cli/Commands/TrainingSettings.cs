using System.CommandLine;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that describe a model and its training: a recipe or a preset, and what is changed in it.</summary>
internal sealed class TrainingSettings
{
    public const string ContextName = "--context";
    public const string DataAsName = "--data-as";

    private const string Nano = "nanochat";

    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = "Start from settings known to work:\n" + string.Join("\n", Recipe.All.Select(recipe => $"{recipe.Name}: {recipe.Description}")),
        HelpName = "NAME",
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"Start from a published architecture in its published size: {string.Join(", ", ModelPresets.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _depth = RunSettings.Integer("--depth", $"Layers of the preset {Nano}, from which its width and its heads follow; without --steps also the tokens to learn from, and a step's.");

    private readonly Option<CorpusKind?> _dataAs = new(DataAsName)
    {
        Description = "text: one continuous text (default); lines: a document a line (default of recipes and presets for names).",
        HelpName = "text|lines",
    };

    private readonly Option<int?> _layers = RunSettings.Integer("--layers", "Blocks of attention and MLP.");
    private readonly Option<int?> _heads = RunSettings.Integer("--heads", "Attention heads a block; they divide the width.");
    private readonly Option<int?> _kvHeads = RunSettings.Integer("--kv-heads", "Key and value heads a block; they divide the heads (default: as many).");
    private readonly Option<int?> _headSize = RunSettings.Integer("--head-size", "Numbers a head (default: the width divided by the heads).");
    private readonly Option<int?> _width = RunSettings.Integer("--width", "Numbers that stand for a token between the layers.");
    private readonly Option<int?> _context = RunSettings.Integer(ContextName, "Tokens the model can look back over.");
    private readonly Option<bool?> _bias = new("--bias") { Description = "Whether linear maps and LayerNorms add a bias.", HelpName = "true|false" };
    private readonly RunSettings _run = new();

    public IEnumerable<Option> Options =>
    [
        _recipe, _preset, _depth, _dataAs, _layers, _heads, _kvHeads, _headSize, _width, _context, _bias, .. _run.Options,
    ];

    /// <summary>Those that decide about a model's memory.</summary>
    public IEnumerable<Option> Sizes => [_recipe, _preset, _depth, _layers, _heads, _kvHeads, _headSize, _width, _context, _bias, _run.Batch];

    /// <summary>The names of those that a person gave.</summary>
    public IEnumerable<string> Given(ParseResult parse) =>
        Options.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    public int? Steps(ParseResult parse) => _run.Steps(parse);

    public int? Patience(ParseResult parse) => _run.Patience(parse);

    public bool? Recompute(ParseResult parse) => _run.Recompute(parse);

    /// <summary>The recipe or preset, with everything changed that a person gave.</summary>
    public Recipe Read(ParseResult parse)
    {
        var start = Start(parse);
        var model = start.Model;
        return start with
        {
            DataKind = parse.GetValue(_dataAs) ?? start.DataKind,
            Model = (Sized(parse, model) with { ContextLength = parse.GetValue(_context) ?? model.ContextLength }).Validate(),
            Options = _run.Read(parse, start.Options, model.Preset == Nano ? OptimizerKind.Nanochat : null),
        };
    }

    /// <summary>With nanochat's one dial, all that follows from it and a person did not give.</summary>
    public Recipe WithHorizon(ParseResult parse, Recipe recipe, int vocabularySize, Device device) =>
        recipe is { Model: GptConfig { Preset: Nano } model, Options.Optimizer: OptimizerKind.Nanochat } && parse.GetValue(_depth) is not null && Steps(parse) is null
            ? recipe with { Options = NanochatOptimizer.WithHorizon(model with { VocabularySize = vocabularySize }, recipe.Options, device, Given(parse).Contains(RunSettings.AccumulateName)) }
            : recipe;

    private ModelConfig Sized(ParseResult parse, ModelConfig model)
    {
        switch (model)
        {
            case GptConfig gpt:
                return gpt with
                {
                    Layers = parse.GetValue(_layers) ?? gpt.Layers,
                    Heads = parse.GetValue(_heads) ?? gpt.Heads,
                    KeyValueHeads = parse.GetValue(_kvHeads) ?? gpt.KeyValueHeads,
                    HeadWidth = HeadWidth(parse, gpt),
                    Width = parse.GetValue(_width) ?? gpt.Width,
                    Bias = parse.GetValue(_bias) ?? gpt.Bias,
                };
            case RecurrentConfig recurrent:
                RefuseAllBut(_layers, _width);
                return recurrent with
                {
                    Layers = parse.GetValue(_layers) ?? recurrent.Layers,
                    Width = parse.GetValue(_width) ?? recurrent.Width,
                };
            case NeuralNgramConfig neural:
                RefuseAllBut(_width);
                return neural with { Width = parse.GetValue(_width) ?? neural.Width };
            default:
                RefuseAllBut();
                return model;
        }

        void RefuseAllBut(params IEnumerable<Option> taken)
        {
            var refused = ((Option[])[_layers, _heads, _kvHeads, _headSize, _width, _bias]).Except(taken).Select(option => option.Name);
            if (Given(parse).Intersect(refused).FirstOrDefault() is { } name)
                throw new ArgumentException($"A model of the preset {model.Preset} has nothing for {name} to change: leave it out.");
        }
    }

    private Recipe Start(ParseResult parse) => (parse.GetValue(_recipe), CheckedPreset(parse)) switch
    {
        (not null, not null) => throw new ArgumentException("Give --recipe or --preset, not both: a recipe has a preset of its own."),
        ({ } recipe, _) => Recipe.Find(recipe),
        (_, Nano) => Recipe.ShakespeareChar with { Model = Nanochat(parse) },
        (_, { } preset) => Recipe.OfPreset(preset),
        _ => Recipe.ShakespeareChar,
    };

    private string? CheckedPreset(ParseResult parse) =>
        parse.GetValue(_preset) is var preset && (preset == Nano || parse.GetValue(_depth) is null)
            ? preset
            : throw new ArgumentException($"{_depth.Name} is the dial of {Nano}: say --preset {Nano}, or {_layers.Name} for another model.");

    /// <summary>From the one dial and the size of its heads; what else a person gave changes it afterwards.</summary>
    private GptConfig Nanochat(ParseResult parse)
    {
        var preset = GptPresets.Nanochat(1);
        return GptPresets.Nanochat(1, parse.GetValue(_depth) ?? preset.Layers, parse.GetValue(_headSize) ?? preset.HeadSize);
    }

    /// <summary>nanochat's width follows from the size of its heads; any other model has heads of that size beside its width.</summary>
    private int? HeadWidth(ParseResult parse, GptConfig model) =>
        model.Preset == Nano ? model.HeadWidth : parse.GetValue(_headSize) ?? model.HeadWidth;
}
