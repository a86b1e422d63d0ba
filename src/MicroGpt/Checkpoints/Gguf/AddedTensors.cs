using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>A source with some vectors and matrices that it lacks, which are in memory.</summary>
/// <param name="source">The source, which is disposed with this one.</param>
/// <param name="added">Names that the source has not, shapes, and the numbers; null for zeros.</param>
internal sealed class AddedTensors(ITensorSource source, IReadOnlyList<(string Name, Shape Shape, float[]? Numbers)> added) : ITensorSource
{
    private readonly Dictionary<string, float[]?> _numbers = added.ToDictionary(tensor => tensor.Name, tensor => tensor.Numbers);

    public IReadOnlyList<TensorEntry> Entries { get; } =
        [.. source.Entries, .. added.Select(tensor => new TensorEntry(tensor.Name, TensorType.F32, tensor.Shape, (long)tensor.Shape.Count * sizeof(float)))];

    public void Read(string name, Span<float> destination, long firstElement = 0)
    {
        if (!_numbers.TryGetValue(name, out var numbers))
            source.Read(name, destination, firstElement);
        else if (numbers is null)
            destination.Clear();
        else
            numbers.AsSpan((int)firstElement, destination.Length).CopyTo(destination);
    }

    public void Dispose() => source.Dispose();
}
