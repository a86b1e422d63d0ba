using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>From a source into memory.</summary>
public static class TensorLoading
{
    private const int PieceElements = 1 << 20; // small enough to be read by one thread in a millisecond, large enough to be worth it

    /// <summary>Fills tensors from those of the same names, by several threads.</summary>
    /// <param name="source">Exactly these tensors.</param>
    /// <param name="tensors">What to fill, in single or double precision.</param>
    /// <param name="path">What to call the source in messages.</param>
    /// <exception cref="InvalidDataException">Names or shapes differ, all told at once; or the file is damaged.</exception>
    public static void ReadInto(this ITensorSource source, IReadOnlyCollection<Tensor> tensors, string path)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tensors);
        TensorMapping.Same(tensors.Select(tensor => tensor.Name)).Apply(source, tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape), path);
        var pieces = tensors.SelectMany(tensor => Pieces(tensor.Shape.Count).Select(piece => (Tensor: tensor, piece.First, piece.Count)));
        InParallel.ForEach(pieces, piece =>
        {
            if (piece.Tensor.DType == DType.Float64)
                source.Read(piece.Tensor.Name, piece.Tensor.AsSpan<double>().Slice(piece.First, piece.Count), piece.First);
            else
                source.Read(piece.Tensor.Name, piece.Tensor.AsSpan<float>().Slice(piece.First, piece.Count), piece.First);
        });
    }

    /// <summary>A tensor's elements in pieces to read.</summary>
    internal static IEnumerable<(int First, int Count)> Pieces(int elements)
    {
        for (var first = 0L; first < elements; first += PieceElements)
            yield return ((int)first, (int)Math.Min(PieceElements, elements - first));
    }
}
