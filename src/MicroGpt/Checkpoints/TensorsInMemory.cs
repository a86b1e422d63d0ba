using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>A model's parameters, or an optimizer's moments, as a source.</summary>
public sealed class TensorsInMemory : ITensorSource
{
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, TensorEntry> _entries;

    /// <summary>Tensors with distinct names.</summary>
    /// <exception cref="ArgumentException">Two have the same name, or one holds integers.</exception>
    public TensorsInMemory(IReadOnlyCollection<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        _tensors = tensors.ToDictionary(tensor => tensor.Name);
        Entries = [.. tensors.Select(tensor => new TensorEntry(tensor.Name, TypeOf(tensor), tensor.Shape, (long)tensor.Shape.Count * tensor.DType.SizeInBytes()))];
        _entries = Entries.ToDictionary(entry => entry.Name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination, long firstElement = 0)
    {
        _entries.CheckRange(name, firstElement, destination.Length);
        var tensor = _tensors[name];
        if (tensor.DType == DType.Float32)
            tensor.AsSpan<float>().Slice((int)firstElement, destination.Length).CopyTo(destination);
        else
            for (var i = 0; i < destination.Length; i++)
                destination[i] = (float)tensor[(int)firstElement + i];
    }

    /// <inheritdoc/>
    public void Read(string name, Span<double> destination, long firstElement = 0)
    {
        _entries.CheckRange(name, firstElement, destination.Length);
        for (var i = 0; i < destination.Length; i++)
            destination[i] = _tensors[name][(int)firstElement + i];
    }

    /// <summary>Does nothing: the tensors are others'.</summary>
    public void Dispose()
    {
    }

    private static TensorType TypeOf(Tensor tensor) => tensor.DType switch
    {
        DType.Float32 => TensorType.F32,
        DType.Float64 => TensorType.F64,
        _ => throw new ArgumentException($"{tensor.Name} holds integers, which are no weights."),
    };
}
