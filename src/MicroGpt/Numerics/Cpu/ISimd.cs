using System.Numerics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>
/// The vector instructions that the kernels are written in, so that one source serves 512, 256 and 128 bits. The methods are
/// static and inlined: <typeparamref name="V"/> itself stays in a register.
/// </summary>
/// <typeparam name="V">A register: <c>Vector512&lt;F&gt;</c>, say.</typeparam>
/// <typeparam name="F">An element: float or double.</typeparam>
internal unsafe interface ISimd<V, F>
    where V : unmanaged
    where F : unmanaged, IFloatingPointIeee754<F>
{
    /// <summary>The width in bits, for people.</summary>
    static abstract int Bits { get; }

    /// <summary>Elements in a register.</summary>
    static abstract int Lanes { get; }

    /// <summary>0, 1, 2, … lane by lane.</summary>
    static abstract V Indices { get; }

    static abstract V Load(F* source);
    static abstract void Store(V value, F* destination);
    static abstract V Broadcast(F value);
    static abstract V Add(V a, V b);
    static abstract V Subtract(V a, V b);
    static abstract V Multiply(V a, V b);
    static abstract V Divide(V a, V b);

    /// <summary>a·b + c, in one rounding where the processor has the instruction.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The larger of each pair; where one is NaN, <paramref name="b"/>.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller of each pair; where one is NaN, <paramref name="b"/>.</summary>
    static abstract V Min(V a, V b);

    static abstract V Sqrt(V a);

    /// <summary>−|a|, by setting the sign bit.</summary>
    static abstract V NegativeAbs(V a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>a where a &gt; b, else <paramref name="otherwise"/>, lane by lane.</summary>
    static abstract V SelectGreater(V a, V b, V chosen, V otherwise);

    /// <summary>a · 2ⁿ for integers n within the exponent's range, by adding to the exponent's bits.</summary>
    static abstract V ScaleByPowerOfTwo(V a, V n);

    /// <summary>The sum of the lanes.</summary>
    static abstract F Sum(V a);

    /// <summary>The largest of the lanes; which, where one is NaN, is not said.</summary>
    static abstract F Largest(V a);

    /// <summary>a·b + c in one rounding, always: where the processor can't, slowly.</summary>
    static abstract V FusedMultiplyAdd(V a, V b, V c);

    /// <summary>c − a·b in one rounding, always: what a·b leaves of c.</summary>
    static abstract V Remainder(V c, V a, V b);

    /// <summary>A bit for each lane, the first lowest: whether a &gt; b.</summary>
    static abstract uint WhereGreater(V a, V b);

    /// <summary>A bit for each lane, the first lowest: whether a and b are not equal, as NaN never are.</summary>
    static abstract uint WhereDifferent(V a, V b);
}
