using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>A model and a way to train it that are known to work together.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="DataKind">How it reads data.</param>
/// <param name="Model">The model; the vocabulary's size comes from the data.</param>
/// <param name="Options">The training.</param>
public sealed record Recipe(string Name, string Description, CorpusKind DataKind, ModelConfig Model, TrainerOptions Options)
{
    /// <summary>A small GPT-2 on names, done within a minute on two cores.</summary>
    public static Recipe Names { get; } = new(
        "names",
        "invents names: a small GPT-2 on one name a line, within a minute",
        CorpusKind.Lines,
        GptPresets.Gpt2(1) with { ContextLength = 16, Layers = 3, Heads = 4, Width = 64, Bias = false },
        new TrainerOptions { Steps = 4000, BatchSize = 32, LearningRate = 3e-3, EvaluationInterval = 500, SaveInterval = 500 });

    /// <summary>
    /// nanoGPT's small Shakespeare run, as its README gives it for a CPU (github.com/karpathy/nanoGPT), but for the learning rate:
    /// 3e-3 instead of 1e-3, which for so few steps gives a loss 0.15 lower (docs/log.md).
    /// </summary>
    public static Recipe ShakespeareChar { get; } = new(
        "shakespeare-char",
        "nanoGPT's character-level run for a CPU: 4 layers, 128 wide, 2,000 steps on one text",
        CorpusKind.Text,
        GptPresets.Gpt2(1) with { ContextLength = 64, Layers = 4, Heads = 4, Width = 128, Bias = false },
        new TrainerOptions { LearningRate = 3e-3 });

    /// <summary>microgpt.py itself: with its data, the same losses and the same names.</summary>
    public static Recipe Microgpt { get; } = new(
        "microgpt",
        "microgpt.py itself: 4,192 parameters, one name a step, 1,000 steps",
        CorpusKind.Lines,
        GptPresets.Microgpt(1),
        new TrainerOptions
        {
            Steps = 1000,
            BatchSize = 1,
            LearningRate = 0.01,
            MinimumLearningRate = 0,
            WarmupSteps = 0,
            Decay = LearningRateDecay.Linear,
            Beta1 = 0.85,
            Beta2 = 0.99,
            Epsilon = 1e-8,
            WeightDecay = 0,
            GradientClip = 0,
            ValidationFraction = 0,
            SaveInterval = 1000,
            Seed = 42,
        });

    /// <summary>The training of a recurrent model or a baseline on one text: more tokens a step than a GPT of that size, a higher rate (docs/models.md).</summary>
    private static TrainerOptions SmallOptions { get; } = new() { Steps = 4000, BatchSize = 32, LearningRate = 4e-3, WeightDecay = 0.01 };

    /// <summary>What a preset is trained with where nothing else is said.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static Recipe OfPreset(string preset) => preset == Microgpt.Name
        ? Microgpt
        : ModelPresets.Create(preset, 1) is GptConfig gpt
            ? ShakespeareChar with { Model = gpt }
            : ShakespeareChar with { Model = ModelPresets.Create(preset, 1), Options = SmallOptions };

    /// <summary>All recipes. (It stands behind them because initializers run in this order.)</summary>
    public static IReadOnlyList<Recipe> All { get; } = [Names, ShakespeareChar, Microgpt];

    /// <summary>The recipe with a context no longer than the documents of a corpus can fill.</summary>
    /// <param name="corpus">The documents.</param>
    /// <param name="tokenizer">What turns them into tokens, or null for their characters.</param>
    public Recipe FitTo(Corpus corpus, ITokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        var longest = corpus.Kind == CorpusKind.Text ? int.MaxValue : 1 // the start takes a position
            + (tokenizer is null ? corpus.LongestDocument : corpus.Documents.Max(document => tokenizer.Encode(document).Length));
        return Model.ContextLength <= longest ? this : this with { Model = Model with { ContextLength = longest } };
    }

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Recipe Find(string name) =>
        All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new ArgumentException($"There is no recipe \"{name}\"; there are {string.Join(", ", All.Select(recipe => recipe.Name))}.");
}
