using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>How a model normalizes rows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NormKind>))]
public enum NormKind
{
    /// <summary>Subtract the mean, divide by the standard deviation.</summary>
    LayerNorm,

    /// <summary>Divide by the root mean square.</summary>
    RmsNorm,
}

/// <summary>The non-linearity between the two matrices of an MLP.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationKind>))]
public enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>The Gaussian error linear unit in its tanh form, which Hugging Face calls <c>gelu_new</c>.</summary>
    Gelu,

    /// <summary>The Gaussian error linear unit itself, which Hugging Face calls <c>gelu</c>.</summary>
    GeluErf,

    /// <summary>silu(gate) · up: a third matrix, whose product opens and closes that of the first.</summary>
    SwiGlu,
}

/// <summary>How a model knows where a token stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionKind>))]
public enum PositionKind
{
    /// <summary>A learned vector for every position is added to the token's.</summary>
    Learned,

    /// <summary>Queries and keys are turned by angles that grow with the position.</summary>
    Rotary,
}

/// <summary>
/// Everything that tells one GPT from another. One forward pass (<see cref="Gpt.Forward"/>) reads it; there is no second model.
/// </summary>
public sealed record GptConfig
{
    /// <summary>The preset this configuration started from, for people.</summary>
    public string Preset { get; init; } = "";

    /// <summary>Tokens the model knows, V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Positions the model can look back over, T.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Blocks of attention and MLP, one after the other, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads a block, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads a block, G, a divisor of <see cref="Heads"/>; null for as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Numbers that stand for a token between the layers, C.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// Hidden numbers of an MLP; null for four times the width or, where SwiGLU has a third matrix, 8/3 of it up to a multiple of 32.
    /// </summary>
    public int? MlpWidth { get; init; }

    /// <summary>How the model knows where a token stands.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Learned;

    /// <summary>
    /// How slowly the slowest pair of <see cref="PositionKind.Rotary"/> positions turns: pair i by RotaryTheta^(−2i/D) radians a position.
    /// Null for 10,000.
    /// </summary>
    public double? RotaryTheta { get; init; }

    /// <summary>How rows are normalized.</summary>
    public NormKind Norm { get; init; } = NormKind.LayerNorm;

    /// <summary>Whether norms have weights (and, with <see cref="Bias"/>, LayerNorm a bias) to learn.</summary>
    public bool NormWeights { get; init; } = true;

    /// <summary>What keeps a norm's division finite.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether the embedding is normalized before the first block.</summary>
    public bool NormAfterEmbedding { get; init; }

    /// <summary>Whether the last block's output is normalized before the head.</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>The MLP's non-linearity.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Gelu;

    /// <summary>Whether linear maps (but the head) and LayerNorms add a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether the head uses the token embedding's matrix.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>The standard deviation of initial weights.</summary>
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>
    /// Whether the two projections back to the residual stream start smaller by √(2L), so that its variance does not grow with
    /// depth (Radford et al. 2019).
    /// </summary>
    public bool ScaledResidualInitialization { get; init; } = true;

    /// <summary>Numbers a head, D = C / H.</summary>
    [JsonIgnore]
    public int HeadSize => Width / Heads;

    /// <summary><see cref="KeyValueHeads"/> with its default.</summary>
    [JsonIgnore]
    public int KeyValueHeadCount => KeyValueHeads ?? Heads;

    /// <summary><see cref="MlpWidth"/> with its default.</summary>
    [JsonIgnore]
    public int MlpHidden => MlpWidth ?? (Activation == ActivationKind.SwiGlu ? (8 * Width / 3 + 31) / 32 * 32 : 4 * Width);

    /// <summary><see cref="RotaryTheta"/> with its default.</summary>
    [JsonIgnore]
    public double RotaryBase => RotaryTheta ?? 10_000;

    /// <summary>
    /// The numbers in the model's matrices: all but the few in norms and biases, known before any memory is taken. A fraction
    /// of them may be lost to rounding beyond 2⁵³, where no machine has the memory anyway.
    /// </summary>
    [JsonIgnore]
    internal double MatrixElements =>
        ((TiedHead ? 1.0 : 2.0) * VocabularySize + (Positions == PositionKind.Learned ? ContextLength : 0)) * Width
        + (double)Layers * Width * ((Heads + 2.0 * KeyValueHeadCount) * HeadSize + Width + (Activation == ActivationKind.SwiGlu ? 3.0 : 2.0) * MlpHidden);

    /// <summary>Checks that such a model can be.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">A size is impossible; the message says which and what would do.</exception>
    public GptConfig Validate()
    {
        AtLeastOne(VocabularySize, "the vocabulary");
        AtLeastOne(ContextLength, "the context");
        AtLeastOne(Layers, "the number of layers");
        AtLeastOne(Heads, "the number of heads");
        AtLeastOne(Width, "the width");
        AtLeastOne(KeyValueHeadCount, "the number of key-value heads");
        AtLeastOne(MlpWidth ?? 1, "the MLP's width");
        if (Width % Heads != 0)
            throw new ArgumentException($"{Heads} heads do not divide a width of {Width}; try a width of {(Width / Heads + 1) * Heads}.");
        if (Heads % KeyValueHeadCount != 0)
            throw new ArgumentException($"{KeyValueHeadCount} key-value heads do not divide {Heads} heads.");
        if (!Enum.IsDefined(Norm) || !Enum.IsDefined(Activation) || !Enum.IsDefined(Positions))
            throw new ArgumentException($"There is no norm {Norm}, no activation {Activation} or no kind of positions {Positions}.");
        if (Positions == PositionKind.Rotary && HeadSize % 2 != 0)
            throw new ArgumentException(
                $"Rotary positions turn pairs, but a head has {HeadSize} numbers; try a width of {(HeadSize + 1) * Heads} for {Heads} heads.");
        if (!(RotaryBase >= 1) || !double.IsFinite(RotaryBase))
            throw new ArgumentException(FormattableString.Invariant($"The rotary theta must be a number from 1, not {RotaryBase}."));
        if (!(NormEpsilon > 0) || !(InitialDeviation >= 0) || !double.IsFinite(NormEpsilon) || !double.IsFinite(InitialDeviation))
            throw new ArgumentException("The norms' epsilon must be a positive number and the initial deviation not a negative one.");
        var largest = Math.Max((long)Math.Max(VocabularySize, ContextLength) * Width, Width * Math.Max(MlpWidth ?? 4L * Width, 3L * Width));
        if (largest > Shape.MaxCount)
            throw new ArgumentException($"A matrix of this model would have {largest:N0} numbers; {Shape.MaxCount:N0} is the limit.");
        return this;

        static void AtLeastOne(int size, string what)
        {
            if (size < 1)
                throw new ArgumentException($"{char.ToUpperInvariant(what[0])}{what[1..]} must be at least 1, not {size}.");
        }
    }
}
