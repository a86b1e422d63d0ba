using System.Numerics;
using System.Runtime.Intrinsics;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>A function of a register, for any width and precision.</summary>
internal interface IVectorFunction
{
    static abstract V Apply<S, V, F>(V x)
        where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F>;
}

/// <summary>Applies functions of registers to rows of numbers, and says how far from the truth they are.</summary>
internal static class VectorFunction
{
    public static F[] Map<TFunction, F>(int bits, ReadOnlySpan<F> x)
        where TFunction : IVectorFunction where F : unmanaged, IFloatingPointIeee754<F> => bits switch
        {
            512 => Map<TFunction, Simd512<F>, Vector512<F>, F>(x),
            256 => Map<TFunction, Simd256<F>, Vector256<F>, F>(x),
            _ => Map<TFunction, Simd128<F>, Vector128<F>, F>(x),
        };

    /// <summary>The largest error over some arguments, in units of the last place of the right result.</summary>
    public static double WorstUlps<TFunction>(int bits, IEnumerable<float> x, Func<double, double> exact) where TFunction : IVectorFunction
    {
        var worst = 0.0;
        foreach (var chunk in x.Chunk(4096))
            foreach (var (argument, result) in chunk.Zip(Map<TFunction, float>(bits, chunk)))
                worst = Math.Max(worst, Ulps(result, exact(argument)));
        return worst;
    }

    /// <inheritdoc cref="WorstUlps{TFunction}(int, IEnumerable{float}, Func{double, double})"/>
    public static double WorstUlps<TFunction>(int bits, IEnumerable<double> x, Func<double, double> exact) where TFunction : IVectorFunction
    {
        var worst = 0.0;
        foreach (var chunk in x.Chunk(4096))
            foreach (var (argument, result) in chunk.Zip(Map<TFunction, double>(bits, chunk)))
                worst = Math.Max(worst, Ulps(result, exact(argument)));
        return worst;
    }

    public static double Ulps(float result, double exact) =>
        Math.Abs(result - exact) / (MathF.BitIncrement(Math.Abs((float)exact)) - (double)Math.Abs((float)exact));

    public static double Ulps(double result, double exact) =>
        Math.Abs(result - exact) / (Math.BitIncrement(Math.Abs(exact)) - Math.Abs(exact));

    /// <summary>Every <paramref name="step"/>-th float between two numbers, with all exponents that lie between them.</summary>
    public static IEnumerable<float> Singles(float least, float most, uint step = 2003)
    {
        yield return least;
        yield return most;
        for (var bits = 0u; BitConverter.UInt32BitsToSingle(bits) <= Math.Max(most, -least); bits += step)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            if (x >= least && x <= most)
                yield return x;
            if (-x >= least && -x <= most)
                yield return -x;
        }
    }

    /// <summary>Doubles without pattern between two numbers, half of them with smaller exponents.</summary>
    public static IEnumerable<double> Doubles(double least, double most, int count = 100_000)
    {
        var random = new MicroGpt.Numerics.MersenneTwister(1);
        for (var i = 0; i < count; i++)
            yield return (i % 2 == 0 ? 1 : Math.Pow(2, -random.NextInt32(60))) * (least + random.NextDouble() * (most - least));
    }

    private static unsafe F[] Map<TFunction, S, V, F>(ReadOnlySpan<F> x)
        where TFunction : IVectorFunction where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F>
    {
        var y = x.ToArray();
        fixed (F* first = y)
            for (var i = 0; i < y.Length; i += S.Lanes)
            {
                var count = Math.Min(S.Lanes, y.Length - i);
                var result = TFunction.Apply<S, V, F>(VectorMath<S, V, F>.LoadPartial(first + i, count));
                VectorMath<S, V, F>.StorePartial(result, first + i, count);
            }

        return y;
    }
}
