namespace MicroGpt.Numerics;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>IEEE 754 single precision, 4 bytes: what models are trained and run in.</summary>
    Float32,

    /// <summary>IEEE 754 double precision, 8 bytes: for tests and comparisons that need the digits.</summary>
    Float64,

    /// <summary>32-bit integers, 4 bytes: token ids and positions.</summary>
    Int32,
}

/// <summary>What there is to know about a <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>The size of one element, in bytes.</summary>
    public static int SizeInBytes(this DType dtype) => dtype == DType.Float64 ? 8 : 4;

    /// <summary>The <see cref="DType"/> that a .NET type is stored as.</summary>
    /// <exception cref="NotSupportedException">The type is not float, double or int.</exception>
    public static DType Of<TElement>() where TElement : unmanaged =>
        typeof(TElement) == typeof(float) ? DType.Float32
        : typeof(TElement) == typeof(double) ? DType.Float64
        : typeof(TElement) == typeof(int) ? DType.Int32
        : throw new NotSupportedException($"Tensors hold float, double or int, not {typeof(TElement).Name}.");
}
