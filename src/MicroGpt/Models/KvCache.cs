using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// What a model keeps of positions it has already seen, above all their keys and values, so that generating a token costs one position and not all of
/// them. The forward pass fills it; <see cref="Clear"/> starts over.
/// </summary>
public sealed class KvCache : IModelState
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;

    internal KvCache(GptConfig config, Device device, int rows)
    {
        var shape = new Shape(rows, config.ContextLength, config.KeyValueHeadCount * config.HeadSize); // (B, T, G·D)
        _keys = [.. Enumerable.Range(0, config.Layers).Select(layer => Tensor.Zeros(device, $"keys.{layer}", shape))];
        _values = [.. Enumerable.Range(0, config.Layers).Select(layer => Tensor.Zeros(device, $"values.{layer}", shape))];
        LastEmbedding = config.Smear ? Tensor.Zeros(device, "embedding", new Shape(rows, config.Width)) : null;
        Capacity = config.ContextLength;
    }

    /// <summary>Positions held.</summary>
    public int Length { get; private set; }

    /// <summary>Positions there is room for: the model's context.</summary>
    public int Capacity { get; }

    /// <summary>Keys and values of all layers.</summary>
    public IReadOnlyList<Tensor> Tensors => [.. _keys, .. _values];

    /// <summary>Forgets all positions.</summary>
    public void Clear() => Length = 0;

    /// <summary>The last position's embedding, (B, C), where the model smears it into the next one's.</summary>
    internal Tensor? LastEmbedding { get; }

    internal Tensor Keys(int layer) => _keys[layer];

    internal Tensor Values(int layer) => _values[layer];

    internal void Advance(int positions) => Length += positions;
}
