using System.CommandLine;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that describe a training run, of whatever model.</summary>
internal sealed class RunSettings
{
    public const string StepsName = "--steps";
    public const string BatchName = "--batch";
    public const string AccumulateName = "--accumulate";
    public const string RecomputeName = "--recompute";
    public const string PatienceName = "--patience";
    public const string ValidationFractionName = "--val-fraction";

    private readonly Option<int?> _steps = Integer(StepsName, "Steps in all.");
    private readonly Option<int?> _accumulate = Integer(AccumulateName, "Batches a step, one after the other: as one batch N times as large, in the memory of one.");
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
    private readonly Option<bool> _keepBest = new("--keep-best") { Description = "Keep the model of the lowest validation loss, too, in the folder best within --out." };
    private readonly Option<int?> _patience = Integer(PatienceName, "End the run when so many evaluations in a row were no better than the best before them (default: never).");
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Where the random numbers start: the same seed, the same run.", HelpName = "N" };

    public IEnumerable<Option> Options =>
    [
        _steps, Batch, _accumulate, _recompute, _optimizer, _learningRate, _minimumLearningRate, _muonLearningRate, _warmup, _decay,
        _decayFraction, _beta1, _beta2, _weightDecay, _clip, _validationFraction, _evaluateEvery, _evaluationBatches, _saveEvery, _keepBest, _patience, _seed,
    ];

    public Option<int?> Batch { get; } = Integer(BatchName, "Sequences computed together: a step, but for --accumulate.");

    /// <summary>The names of those that a person gave.</summary>
    public IEnumerable<string> Given(ParseResult parse) =>
        Options.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    public double? ValidationFraction(ParseResult parse) => parse.GetValue(_validationFraction);

    public int? Steps(ParseResult parse) => parse.GetValue(_steps);

    public int? Patience(ParseResult parse) => parse.GetValue(_patience);

    public bool? Recompute(ParseResult parse) => Given(parse).Contains(RecomputeName) ? parse.GetValue(_recompute) : null;

    /// <summary>The options, with everything changed that a person gave.</summary>
    /// <param name="parse">What was given.</param>
    /// <param name="options">What to start from.</param>
    /// <param name="usual">The optimizer where none was given, or null for that of the options.</param>
    public TrainerOptions Read(ParseResult parse, TrainerOptions options, OptimizerKind? usual = null)
    {
        var optimizer = parse.GetValue(_optimizer) ?? usual ?? options.Optimizer;
        options = optimizer == OptimizerKind.Nanochat ? options.ForNanochat() : options with { Optimizer = optimizer };
        return (options with
        {
            Steps = parse.GetValue(_steps) ?? options.Steps,
            BatchSize = parse.GetValue(Batch) ?? options.BatchSize,
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
            KeepBest = parse.GetValue(_keepBest) || options.KeepBest,
            Patience = parse.GetValue(_patience) ?? options.Patience,
            Seed = parse.GetValue(_seed) ?? options.Seed,
        }).Validate();
    }

    internal static Option<int?> Integer(string name, string description) => new(name) { Description = description, HelpName = "N" };

    internal static Option<double?> Number(string name, string description) => new(name) { Description = description, HelpName = "X" };
}
