using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Everything that tells one <see cref="NeuralNgram"/> from another.</summary>
public sealed record NeuralNgramConfig : ModelConfig
{
    /// <inheritdoc/>
    public override string Preset { get; init; } = "";

    /// <inheritdoc/>
    public override required int VocabularySize { get; init; }

    /// <summary>Positions of a training sequence; the model looks at <see cref="Tokens"/> of them at a time.</summary>
    public override required int ContextLength { get; init; }

    /// <summary>The last tokens that the model looks at, n.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>Numbers that stand for a token.</summary>
    public int EmbeddingWidth { get; init; } = 32;

    /// <summary>Hidden numbers, C.</summary>
    public int Width { get; init; } = 256;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sizes => $"the last {Tokens} tokens, {EmbeddingWidth} numbers each, {Width} hidden";

    internal override double MatrixElements =>
        (VocabularySize + 1.0) * EmbeddingWidth + (double)Tokens * EmbeddingWidth * Width + (double)VocabularySize * Width;

    internal override long WidestRow => Math.Max(Math.Max(VocabularySize, Width), EmbeddingWidth);

    internal override int Depth => Tokens; // each has a matrix of its own

    /// <inheritdoc/>
    public override NeuralNgramConfig Validate()
    {
        AtLeastOne(VocabularySize, "the vocabulary");
        AtLeastOne(ContextLength, "the context");
        AtLeastOne(Tokens, "the number of tokens looked at");
        AtLeastOne(EmbeddingWidth, "the embedding's width");
        AtLeastOne(Width, "the width");
        LargestMatrix(Math.Max((VocabularySize + 1.0) * EmbeddingWidth, Width * Math.Max((double)VocabularySize, EmbeddingWidth)));
        return this;
    }

    /// <inheritdoc/>
    public override NeuralNgram Create(Device device) => new(this, device);
}
