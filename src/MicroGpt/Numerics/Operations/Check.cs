using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics;

/// <summary>What operations demand of their operands, checked before any kernel sees a pointer.</summary>
internal static class Check
{
    public static void Rank(Tensor tensor, int rank, DType dtype, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        Type(tensor, dtype, name);
        if (tensor.Shape.Rank != rank)
            throw new ArgumentException($"{name} has the shape {tensor.Shape}; {rank} dimensions are needed.", name);
    }

    public static void Shape(Tensor tensor, Shape shape, DType dtype, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        Type(tensor, dtype, name);
        if (tensor.Shape != shape)
            throw new ArgumentException($"{name} has the shape {tensor.Shape}; {shape} is needed.", name);
    }

    public static void Last(Tensor tensor, int size, DType dtype, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        Type(tensor, dtype, name);
        if (tensor.Shape.Last != size)
            throw new ArgumentException($"The rows of {name} have {tensor.Shape.Last} elements; {size} are needed.", name);
    }

    public static void Type(Tensor tensor, DType dtype, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (tensor.DType != dtype)
            throw new ArgumentException($"{name} holds {tensor.DType}; {dtype} is needed.", name);
    }

    public static void Indices(Tensor ids, int count, [CallerArgumentExpression(nameof(ids))] string name = "")
    {
        Rank(ids, 2, DType.Int32, name);
        foreach (var id in ids.AsSpan<int>())
            if ((uint)id >= (uint)count)
                throw new ArgumentOutOfRangeException(name, id, $"An id must be at least 0 and less than {count}.");
    }

    public static void Targets(Tensor targets, Shape logits, [CallerArgumentExpression(nameof(targets))] string name = "")
    {
        if (targets.DType != DType.Int32 || targets.Shape.Count != logits.Rows)
            throw new ArgumentException($"{targets} does not give one target to each row of {logits}.", name);
        foreach (var target in targets.AsSpan<int>())
            if (target >= logits.Last)
                throw new ArgumentOutOfRangeException(name, target, $"A target must be less than {logits.Last}.");
    }
}
