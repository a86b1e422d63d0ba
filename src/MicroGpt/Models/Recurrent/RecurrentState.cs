using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>What the layers of a <see cref="CharRnn"/> remember: h of each, behind it c where the cell is an LSTM.</summary>
public sealed class RecurrentState : IModelState
{
    private readonly Tensor[] _layers; // (B, C), or (B, 2C)

    internal RecurrentState(RecurrentConfig config, Device device, int rows)
    {
        var shape = new Shape(rows, config.Cell.StateSize(config.Width));
        _layers = [.. Enumerable.Range(0, config.Layers).Select(layer => Tensor.Zeros(device, $"state.{layer}", shape))];
    }

    /// <inheritdoc/>
    public int Length { get; private set; }

    /// <summary>There is room for any number of positions.</summary>
    public int Capacity => int.MaxValue;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => _layers;

    /// <inheritdoc/>
    public void Clear()
    {
        Length = 0;
        foreach (var layer in _layers)
            layer.Bytes.Clear();
    }

    internal void Advance(int positions) => Length = (int)Math.Min((long)Length + positions, int.MaxValue / 2);
}
