using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Everything that tells one <see cref="CharRnn"/> from another.</summary>
public sealed record RecurrentConfig : ModelConfig
{
    /// <inheritdoc/>
    public override string Preset { get; init; } = "";

    /// <inheritdoc/>
    public override required int VocabularySize { get; init; }

    /// <summary>Positions that a gradient reaches back over, T; what is remembered reaches back further.</summary>
    public override required int ContextLength { get; init; }

    /// <summary>How a layer goes from one position to the next.</summary>
    public required RecurrentCell Cell { get; init; }

    /// <summary>Recurrent layers, one above the other, L.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Numbers that a layer remembers, and that stand for a token, C.</summary>
    public int Width { get; init; } = 128;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool CarriesState => true;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sizes => $"{Layers} layers, {Width} wide, windows of {ContextLength}";

    internal override double MatrixElements =>
        2.0 * VocabularySize * Width + 2.0 * Layers * Cell.Gates() * Width * Width;

    internal override long WidestRow => Math.Max(VocabularySize, 5L * Width); // what an LSTM keeps of a position

    internal override int Depth => Layers;

    /// <inheritdoc/>
    public override RecurrentConfig Validate()
    {
        AtLeastOne(VocabularySize, "the vocabulary");
        AtLeastOne(ContextLength, "the context");
        AtLeastOne(Layers, "the number of layers");
        AtLeastOne(Width, "the width");
        if (!Enum.IsDefined(Cell))
            throw new ArgumentException($"There is no cell {Cell}; there are {string.Join(", ", Enum.GetNames<RecurrentCell>())}.");
        LargestMatrix(Math.Max(VocabularySize, (double)Cell.Gates() * Width) * Width);
        return this;
    }

    /// <inheritdoc/>
    public override CharRnn Create(Device device) => new(this, device);
}
