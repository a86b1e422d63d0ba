using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Everything that tells one <see cref="Bigram"/> from another.</summary>
public sealed record BigramConfig : ModelConfig
{
    /// <inheritdoc/>
    public override string Preset { get; init; } = "";

    /// <inheritdoc/>
    public override required int VocabularySize { get; init; }

    /// <summary>Positions of a training sequence; the model looks at one of them at a time.</summary>
    public override required int ContextLength { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sizes => "a table of pairs";

    internal override double MatrixElements => (double)VocabularySize * VocabularySize;

    internal override long WidestRow => VocabularySize;

    /// <inheritdoc/>
    public override BigramConfig Validate()
    {
        AtLeastOne(VocabularySize, "the vocabulary");
        AtLeastOne(ContextLength, "the context");
        LargestMatrix(MatrixElements);
        return this;
    }

    /// <inheritdoc/>
    public override Bigram Create(Device device) => new(this, device);
}
