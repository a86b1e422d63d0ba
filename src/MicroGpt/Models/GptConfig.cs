using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// Everything that tells one GPT from another. One forward pass (<see cref="Gpt.Forward"/>) reads it; there is no second model.
/// </summary>
public sealed record GptConfig : ModelConfig
{
    /// <summary>The preset this configuration started from, for people.</summary>
    public override string Preset { get; init; } = "";

    /// <summary>Tokens the model knows, V.</summary>
    public override required int VocabularySize { get; init; }

    /// <summary>Positions the model can look back over, T.</summary>
    public override required int ContextLength { get; init; }

    /// <summary>Blocks of attention and MLP, one after the other, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads a block, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads a block, G, a divisor of <see cref="Heads"/>; null for as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Numbers that stand for a token between the layers, C.</summary>
    public required int Width { get; init; }

    /// <summary>Numbers a head, D; null for C / H.</summary>
    public int? HeadWidth { get; init; }

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

    /// <summary>How the angles of <see cref="PositionKind.Rotary"/> positions are stretched for longer contexts; null for not at all.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Whether queries and keys turn the other way round, by negative angles, as in nanochat.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RotaryReversed { get; init; }

    /// <summary>Whether every head of queries and keys is normalized by itself, with <see cref="Norm"/>'s weights if it has any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool QkNorm { get; init; }

    /// <summary>What normalized queries and keys are multiplied by, each; it sharpens attention. Null for 1.</summary>
    public double? QkScale { get; init; }

    /// <summary>
    /// Which layers attend to how much, tiled over them: L to the whole context, S to <see cref="ShortWindow"/>; the last layer is always
    /// an L. Null for L everywhere.
    /// </summary>
    public string? WindowPattern { get; init; }

    /// <summary>
    /// How many positions before its own a query of an S layer attends to; null for a quarter of the context, up to a multiple of 128.
    /// </summary>
    public int? ShortWindow { get; init; }

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

    /// <summary>Whether the products that make queries, keys and values add a bias; null for the same as <see cref="Bias"/>.</summary>
    public bool? QkvBias { get; init; }

    /// <summary>Whether the head adds a bias.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HeadBias { get; init; }

    /// <summary>Whether the head uses the token embedding's matrix.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Whether a token's vector is multiplied by √C before positions are added, as in the first Transformer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ScaledEmbedding { get; init; }

    /// <summary>Tables of tokens have rows up to a multiple of this; logits are cropped to the vocabulary. Null for 1.</summary>
    public int? VocabularyMultiple { get; init; }

    /// <summary>Logits stay between −LogitSoftCap and LogitSoftCap; null for no limit.</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>
    /// Whether every second layer, the last included, adds a vector of the token itself to its values, through a gate for every head
    /// (nanochat's form of Zhou et al. 2024).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ValueEmbeddings { get; init; }

    /// <summary>Whether a token's vector takes on some of that of the token before, through a gate, as in nanochat.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Smear { get; init; }

    /// <summary>Whether each layer reads a learned mixture of the residual stream and the first layer's input, as in nanochat.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LayerScalars { get; init; }

    /// <summary>Whether a learned part of the middle layer's output is taken off the last one's, as in nanochat.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BackOut { get; init; }

    /// <summary>How the weights start out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public InitializationKind Initialization { get; init; }

    /// <summary>The standard deviation of initial weights.</summary>
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>
    /// Whether the two projections back to the residual stream start smaller by √(2L), so that its variance does not grow with
    /// depth (Radford et al. 2019).
    /// </summary>
    public bool ScaledResidualInitialization { get; init; } = true;

    /// <summary><see cref="HeadWidth"/> with its default.</summary>
    [JsonIgnore]
    public int HeadSize => HeadWidth ?? Width / Heads;

    /// <summary><see cref="KeyValueHeads"/> with its default.</summary>
    [JsonIgnore]
    public int KeyValueHeadCount => KeyValueHeads ?? Heads;

    /// <summary><see cref="MlpWidth"/> with its default.</summary>
    [JsonIgnore]
    public int MlpHidden => MlpWidth ?? (Activation == ActivationKind.SwiGlu ? (8 * Width / 3 + 31) / 32 * 32 : 4 * Width);

    /// <summary><see cref="RotaryTheta"/> with its default.</summary>
    [JsonIgnore]
    public double RotaryBase => RotaryTheta ?? 10_000;

    /// <summary>Rows of the tables of tokens: the vocabulary, up to a multiple of <see cref="VocabularyMultiple"/>.</summary>
    [JsonIgnore]
    public int TableRows => (int)Math.Min((VocabularySize + (VocabularyMultiple ?? 1L) - 1) / (VocabularyMultiple ?? 1) * (VocabularyMultiple ?? 1), int.MaxValue);

    /// <summary>How many positions before its own a query of a layer attends to; null for all.</summary>
    public int? Window(int layer) =>
        WindowPattern is { Length: > 0 } pattern && layer < Layers - 1 && pattern[layer % pattern.Length] == 'S'
            ? ShortWindow ?? (int)(((ContextLength + 3L) / 4 + 127) / 128 * 128)
            : null;

    /// <summary>Whether a layer adds a vector of the token to its values.</summary>
    internal bool HasValueEmbedding(int layer) => ValueEmbeddings && layer % 2 == (Layers - 1) % 2;

    /// <summary>
    /// The numbers in the model's matrices: all but the few in norms and biases, known before any memory is taken. A fraction
    /// of them may be lost to rounding beyond 2⁵³, where no machine has the memory anyway.
    /// </summary>
    internal override double MatrixElements =>
        ((TiedHead ? 1.0 : 2.0) * TableRows + (Positions == PositionKind.Learned ? ContextLength : 0)) * Width
        + (double)Layers * Width * (2 * QueryWidth + 2 * KeyValueWidth + (Activation == ActivationKind.SwiGlu ? 3.0 : 2.0) * MlpHidden)
        + (ValueEmbeddings ? (Layers + 1) / 2 * (TableRows * KeyValueWidth + (double)KeyValueHeadCount * ValueGateInputs) : 0)
        + (Smear ? SmearGateInputs : 0);

    /// <summary>The first numbers of a row that open the gates of value embeddings, and those that open the smear's.</summary>
    internal const int ValueGateInputs = 12, SmearGateInputs = 24;

    private double QueryWidth => (double)Heads * HeadSize;

    private double KeyValueWidth => (double)KeyValueHeadCount * HeadSize;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sizes => $"{Layers} layers, {Heads} heads, {Width} wide, context {ContextLength}";

    internal override long WidestRow => Math.Max(Math.Max(TableRows, MlpHidden), (long)(QueryWidth + 2 * KeyValueWidth));

    internal override int Depth => Layers;

    /// <summary>Checks that such a model can be.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">A size is impossible; the message says which and what would do.</exception>
    public override GptConfig Validate()
    {
        GptConfigCheck.Sizes(this);
        GptConfigCheck.Kinds(this);
        GptConfigCheck.Numbers(this);
        return this;
    }

    /// <inheritdoc/>
    public override Gpt Create(Device device) => new(this, device);
}
