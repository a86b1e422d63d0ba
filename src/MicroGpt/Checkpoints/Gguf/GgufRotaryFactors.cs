using MicroGpt.Models;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// Rotary positions stretched for longer contexts as Llama 3.1 does it. A GGUF file does not say how they were stretched, it has the result: for
/// every pair, what its turn is divided by.
/// </summary>
internal static class GgufRotaryFactors
{
    /// <summary>The tensor that holds them, (D/2).</summary>
    public const string Name = "rope_freqs.weight";

    // Ours, and ignored by others: how they came about.
    private const string FactorKey = "microgpt.rope_scaling.factor";
    private const string LowKey = "microgpt.rope_scaling.low_freq_factor";
    private const string HighKey = "microgpt.rope_scaling.high_freq_factor";
    private const string ContextKey = "microgpt.rope_scaling.original_context";

    private const double Tolerance = 1e-5; // llama.cpp's conversion computes in single precision

    /// <summary>The factors of a model, (D/2).</summary>
    /// <param name="config">The model without its scaling, or with.</param>
    /// <param name="scaling">How it is stretched.</param>
    public static float[] Of(GptConfig config, RotaryScaling scaling) =>
        [.. Enumerable.Range(0, config.HeadSize / 2).Select(pair => RotaryEmbedding.Turn(config, pair)).Select(turn => (float)(turn / scaling.Scale(turn)))];

    /// <summary>Says how they came about, for <see cref="Find"/>.</summary>
    public static void Write(RotaryScaling scaling, IDictionary<string, object> metadata)
    {
        metadata.Add(FactorKey, (float)scaling.Factor);
        metadata.Add(LowKey, (float)scaling.LowFrequencyFactor);
        metadata.Add(HighKey, (float)scaling.HighFrequencyFactor);
        metadata.Add(ContextKey, (uint)scaling.OriginalContext);
    }

    /// <summary>
    /// What made a file's factors: what it says itself, or the one way in which Llama's published models differ, the largest factor.
    /// </summary>
    /// <param name="config">The model without scaling.</param>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="factors">The file's factors, (D/2).</param>
    /// <exception cref="InvalidDataException">Neither makes them; the message is the end of a sentence.</exception>
    public static RotaryScaling Find(GptConfig config, GgufMetadata metadata, IReadOnlyList<float> factors)
    {
        var scaling = new RotaryScaling(
            metadata.NumberOrNull(FactorKey) ?? factors.DefaultIfEmpty(1).Max(),
            metadata.NumberOrNull(LowKey) ?? 1,
            metadata.NumberOrNull(HighKey) ?? 4,
            metadata.IntOrNull(ContextKey) ?? 8192);
        return factors.Zip(Of(config, scaling)).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Abs(pair.Second))
            ? scaling
            : throw new InvalidDataException($"its rotary positions are stretched ({Name}) in another way than Llama 3's, which can't be computed here");
    }
}
