using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// nanochat's optimizer (github.com/karpathy/nanochat, scripts/base_train.py): its variant of Muon for the matrices of the layers,
/// AdamW with a rate, betas and a decay for each kind of the rest, and schedules of Muon's momentum and decay. The rates were found
/// for 2¹⁹ tokens a step and a model 768 wide; they are scaled to others as nanochat scales them.
/// </summary>
public sealed class NanochatOptimizer : GroupedOptimizer
{
    /// <summary>Tokens a step that the rates are for.</summary>
    private const double ReferenceBatch = 1 << 19;

    private const int ReferenceDepth = 12;

    /// <summary>Tokens to learn from for each number in the layers' matrices and the head.</summary>
    private const double TokensPerNumber = 12;

    private const double WeightDecay = 0.28;

    /// <summary>An optimizer for a model's parameters.</summary>
    /// <param name="config">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="options">
    /// The steps and their sizes; the learning rate multiplies those of the groups. Betas and weight decay are nanochat's.
    /// </param>
    public NanochatOptimizer(GptConfig config, IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
        : base(parameters, device, Groups(config, parameters, device, options))
    {
    }

    /// <summary>
    /// These options for as many tokens as nanochat learns from with a model of such a size, 12 for each number in its matrices, in steps of the
    /// size that it found to go with them: 2¹⁹ tokens for 12 layers, and as tokens^0.383 for others, rounded to a power of two. Rates and decay follow.
    /// </summary>
    /// <param name="config">The model, with its vocabulary.</param>
    /// <param name="options">The options, whose batch size is kept.</param>
    /// <param name="device">Where it is to be trained; nothing is computed.</param>
    /// <param name="keepStepSize">Whether to keep the batches a step, too.</param>
    public static TrainerOptions WithHorizon(GptConfig config, TrainerOptions options, Device device, bool keepStepSize = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        var numbers = ScalingNumbers(config, device);
        var batch = Math.Pow(2, Math.Round(Math.Log2(ReferenceBatch * Math.Pow(numbers / ScalingNumbers(GptPresets.Nanochat(config.VocabularySize, ReferenceDepth), device), 0.383))));
        if (!keepStepSize)
            options = options with { AccumulationSteps = (int)Math.Max(1, Math.Round(batch / ((double)options.BatchSize * config.ContextLength))) };
        return options with { Steps = (int)Math.Clamp(Math.Round(TokensPerNumber * numbers / TokensPerStep(config, options)), 1, int.MaxValue) };
    }

    /// <summary>Muon's settings at a step, 1 for the first: its momentum rises, stays, and falls again while the learning rate falls.</summary>
    internal static MuonSettings MuonAt(int step, TrainerOptions options, double weightDecay)
    {
        const double WarmupSteps = 400;
        var (done, falling) = (step - 1, Math.Round(options.DecayFraction * options.Steps));
        var fall = (done - (options.Steps - falling)) / Math.Max(falling, 1);
        var momentum = done < WarmupSteps ? Between(0.85, 0.97, done / WarmupSteps) : Between(0.97, 0.90, Math.Max(fall, 0));
        return new MuonSettings(momentum, Beta2: 0.9, weightDecay * 0.5 * (1 + Math.Cos(Math.PI * done / options.Steps)));

        static double Between(double a, double b, double part) => a + part * (b - a);
    }

    /// <summary>The decay of Muon's matrices at the first step: less for small steps, and for many.</summary>
    internal static double FirstWeightDecay(GptConfig config, Device device, TrainerOptions options)
    {
        var reference = TokensPerNumber * ScalingNumbers(GptPresets.Nanochat(config.VocabularySize, ReferenceDepth), device);
        var tokens = TokensPerStep(config, options) * options.Steps;
        return WeightDecay * Math.Sqrt(TokensPerStep(config, options) / ReferenceBatch) * reference / tokens;
    }

    private static IEnumerable<(Optimizer, double)> Groups(
        GptConfig config, IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        var byRole = parameters.ToLookup(parameter => ParameterRoles.Of(config, parameter));
        var batch = Math.Sqrt(TokensPerStep(config, options) / ReferenceBatch);
        var width = batch / Math.Sqrt(config.Width / 768.0);
        var decay = FirstWeightDecay(config, device, options);
        return
        [
            Adam(0.008 * width, 0.8, 0.96, 0.01, ParameterRole.Head),
            Adam(0.3 * width, 0.8, 0.995, 0.001, ParameterRole.Embedding),
            Adam(0.15 * width, 0.8, 0.995, 0.01, ParameterRole.ValueEmbedding),
            Adam(0.005 * batch, 0.8, 0.95, 0.05, ParameterRole.ResidualScalars),
            Adam(0.5 * batch, 0.96, 0.95, 0, ParameterRole.FirstInputScalars),
            Adam(0.2, 0.8, 0.95, 0, ParameterRole.SmearOrBackOut), // not scaled there either
            Adam(0.005 * batch, 0.8, 0.95, 0, ParameterRole.Vector), // nanochat has none
            (new Muon([.. byRole[ParameterRole.LayerMatrix]], device, step => MuonAt(step, options, decay), isNanochat: true), 0.02 * batch),
        ];

        (Optimizer, double) Adam(double rate, double beta1, double beta2, double weightDecay, ParameterRole role) =>
            (new AdamW([.. byRole[role]], device, new AdamWSettings(beta1, beta2, 1e-10, weightDecay, DecaysVectors: true)), rate);
    }

    private static double TokensPerStep(GptConfig config, TrainerOptions options) => (double)options.SequencesPerStep * config.ContextLength;

    private static double ScalingNumbers(GptConfig config, Device device)
    {
        using var meta = device.CreateMeta();
        return config.Create(meta).Parameters
            .Where(parameter => ParameterRoles.Of(config, parameter) is ParameterRole.LayerMatrix or ParameterRole.Head)
            .Sum(parameter => (double)parameter.Shape.Count);
    }
}
