using System.CommandLine;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that describe a model and its training: a recipe or a preset, and what is changed in it.</summary>
internal sealed class TrainingSettings
{
    public const string StepsName = "--steps";
    public const string ContextName = "--context";
    public const string BatchName = "--batch";
    public const string RecomputeName = "--recompute";
    public const string DataAsName = "--data-as";
    public const string ValidationFractionName = "--val-fraction";

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

    private readonly Option<int?> _depth = Integer("--depth", $"Layers of the preset {Nano}, from which its width and its heads follow.");

    private readonly Option<CorpusKind?> _dataAs = new(DataAsName)
    {
        Description = "text: one continuous text (default); lines: a document a line (default of recipes and presets for names).",
        HelpName = "text|lines",
    };

    private readonly Option<int?> _layers = Integer("--layers", "Blocks of attention and MLP.");
    private readonly Option<int?> _heads = Integer("--heads", "Attention heads a block; they divide the width.");
    private readonly Option<int?> _kvHeads = Integer("--kv-heads", "Key and value heads a block; they divide the heads (default: as many).");
    private readonly Option<int?> _headSize = Integer("--head-size", "Numbers a head (default: the width divided by the heads).");
    private readonly Option<int?> _width = Integer("--width", "Numbers that stand for a token between the layers.");
    private readonly Option<int?> _context = Integer(ContextName, "Tokens the model can look back over.");
    private readonly Option<bool?> _bias = new("--bias") { Description = "Whether linear maps and LayerNorms add a bias.", HelpName = "true|false" };
    private readonly Option<int?> _steps = Integer(StepsName, "Steps in all.");
    private readonly Option<int?> _batch = Integer(BatchName, "Sequences computed together: a step, but for --accumulate.");
    private readonly Option<int?> _accumulate = Integer("--accumulate", "Batches a step, one after the other: as one batch N times as large, in the memory of one.");
    private readonly Option<bool> _recompute = new(RecomputeName)
    {
        Description = "Compute layers again on the way back instead of keeping them: more time, less memory, the same run.",
    };

    private readonly Option<OptimizerKind?> _optimizer = new("--optimizer")
    {
        Description = "What moves the parameters: AdamW; Muon for the layers' matrices and AdamW for the rest; or nanochat's groups, rates and schedules.",
        HelpName = "adamw|muon|nanochat",
    };

    private readonly Option<double?> _learningRate = Number("--lr", "The highest learning rate; nanochat's rates are multiplied by it.");
    private readonly Option<double?> _muonLearningRate = Number("--muon-lr", "Muon's highest learning rate.");
    private readonly Option<double?> _minimumLearningRate = Number("--min-lr", "The learning rate at the end (default: a tenth of --lr).");
    private readonly Option<int?> _warmup = Integer("--warmup", "Steps over which the learning rate rises.");
    private readonly Option<LearningRateDecay?> _decay = new("--decay") { Description = "How the learning rate falls.", HelpName = "cosine|linear|constant|trapezoid" };
    private readonly Option<double?> _decayFraction = Number("--decay-fraction", "The last part of the steps, over which a trapezoid falls.");
    private readonly Option<double?> _beta1 = Number("--beta1", "AdamW's first beta.");
    private readonly Option<double?> _beta2 = Number("--beta2", "AdamW's second beta.");
    private readonly Option<double?> _weightDecay = Number("--weight-decay", "How much matrices shrink, times the learning rate.");
    private readonly Option<double?> _clip = Number("--clip", "The longest the gradient may be; 0 for no limit.");
    private readonly Option<double?> _validationFraction = Number(ValidationFractionName, "The part of the data to be judged by, 0 to 0.5.");
    private readonly Option<int?> _evaluateEvery = Integer("--eval-every", "Steps between evaluations.");
    private readonly Option<int?> _evaluationBatches = Integer("--eval-batches", "Batches an evaluation at most.");
    private readonly Option<int?> _saveEvery = Integer("--save-every", "Steps between checkpoints.");
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Where the random numbers start: the same seed, the same run.", HelpName = "N" };

    public IEnumerable<Option> Options =>
    [
        _recipe, _preset, _depth, _dataAs, _layers, _heads, _kvHeads, _headSize, _width, _context, _bias, _steps, _batch, _accumulate, _recompute, _optimizer, _learningRate,
        _minimumLearningRate, _muonLearningRate, _warmup, _decay, _decayFraction, _beta1, _beta2, _weightDecay, _clip, _validationFraction, _evaluateEvery,
        _evaluationBatches, _saveEvery, _seed,
    ];

    /// <summary>Those that decide about a model's memory.</summary>
    public IEnumerable<Option> Sizes => [_recipe, _preset, _depth, _layers, _heads, _kvHeads, _headSize, _width, _context, _bias, _batch];

    /// <summary>The names of those that a person gave.</summary>
    public IEnumerable<string> Given(ParseResult parse) =>
        Options.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    public int? Steps(ParseResult parse) => parse.GetValue(_steps);

    public bool? Recompute(ParseResult parse) => Given(parse).Contains(RecomputeName) ? parse.GetValue(_recompute) : null;

    /// <summary>The recipe or preset, with everything changed that a person gave.</summary>
    public Recipe Read(ParseResult parse)
    {
        var start = Start(parse);
        var (model, options) = (start.Model, start.Options);
        var optimizer = parse.GetValue(_optimizer) ?? (model.Preset == Nano ? OptimizerKind.Nanochat : options.Optimizer);
        options = optimizer == OptimizerKind.Nanochat ? options.ForNanochat() : options with { Optimizer = optimizer };
        return start with
        {
            DataKind = parse.GetValue(_dataAs) ?? start.DataKind,
            Model = (Sized(parse, model) with { ContextLength = parse.GetValue(_context) ?? model.ContextLength }).Validate(),
            Options = (options with
            {
                Steps = parse.GetValue(_steps) ?? options.Steps,
                BatchSize = parse.GetValue(_batch) ?? options.BatchSize,
                AccumulationSteps = parse.GetValue(_accumulate) ?? options.AccumulationSteps,
                Recompute = Recompute(parse) ?? options.Recompute,
                LearningRate = parse.GetValue(_learningRate) ?? options.LearningRate,
                MuonLearningRate = parse.GetValue(_muonLearningRate) ?? options.MuonLearningRate,
                MinimumLearningRate = parse.GetValue(_minimumLearningRate) ?? options.MinimumLearningRate,
                WarmupSteps = parse.GetValue(_warmup) ?? options.WarmupSteps,
                Decay = parse.GetValue(_decay) ?? options.Decay,
                DecayFraction = parse.GetValue(_decayFraction) ?? options.DecayFraction,
                Beta1 = parse.GetValue(_beta1) ?? options.Beta1,
                Beta2 = parse.GetValue(_beta2) ?? options.Beta2,
                WeightDecay = parse.GetValue(_weightDecay) ?? options.WeightDecay,
                GradientClip = parse.GetValue(_clip) ?? options.GradientClip,
                ValidationFraction = parse.GetValue(_validationFraction) ?? options.ValidationFraction,
                EvaluationInterval = parse.GetValue(_evaluateEvery) ?? options.EvaluationInterval,
                EvaluationBatches = parse.GetValue(_evaluationBatches) ?? options.EvaluationBatches,
                SaveInterval = parse.GetValue(_saveEvery) ?? options.SaveInterval,
                Seed = parse.GetValue(_seed) ?? options.Seed,
            }).Validate(),
        };
    }

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

    private static Option<int?> Integer(string name, string description) => new(name) { Description = description, HelpName = "N" };

    private static Option<double?> Number(string name, string description) => new(name) { Description = description, HelpName = "X" };
}
