using System.Text.Json.Serialization;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Everything that tells one language model from another, of whatever kind; it makes the model.</summary>
public abstract record ModelConfig
{
    /// <summary>The preset this configuration started from, for people.</summary>
    public abstract string Preset { get; init; }

    /// <summary>Tokens the model knows, V.</summary>
    public abstract int VocabularySize { get; init; }

    /// <summary>Positions of a training sequence, T; for a GPT also as far as it can look back.</summary>
    public abstract int ContextLength { get; init; }

    /// <summary>Whether the model goes on from one training window to the next as if they were one: truncated back-propagation through time.</summary>
    [JsonIgnore]
    public virtual bool CarriesState => false;

    /// <summary>The sizes in words, for people.</summary>
    [JsonIgnore]
    public abstract string Sizes { get; }

    /// <summary>The numbers in the model's matrices, known before any memory is taken.</summary>
    internal abstract double MatrixElements { get; }

    /// <summary>The longest row of an activation.</summary>
    internal abstract long WidestRow { get; }

    /// <summary>Layers, each of which takes memory for its description alone.</summary>
    internal virtual int Depth => 1;

    /// <summary>Checks that such a model can be.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">A size is impossible; the message says which and what would do.</exception>
    public abstract ModelConfig Validate();

    /// <summary>The model, its weights all zero.</summary>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public abstract ILanguageModel Create(Device device);

    internal static void AtLeastOne(int size, string what)
    {
        if (size < 1)
            throw new ArgumentException($"{char.ToUpperInvariant(what[0])}{what[1..]} must be at least 1, not {size}.");
    }

    internal static void LargestMatrix(double numbers)
    {
        if (numbers > Shape.MaxCount)
            throw new ArgumentException($"A matrix of this model would have {numbers:N0} numbers; {Shape.MaxCount:N0} is the limit.");
    }
}
