using System.Numerics;
using System.Runtime.CompilerServices;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Exact;

/// <summary>
/// The powers that microgpt.py takes, equal to the C library's <c>pow</c> to the last bit, without calling it much. A power is
/// easily computed with more digits than a double has: a double near it, and by fused multiply-add what that is off by. pow too
/// rounds a number that is only a little off: by 0.009 + 0.00004·|ln of the result| units in the last place at most, say the
/// authors of pow in glibc and musl (0.509 ulp in all, and a relative error of 1.3·2^−68 in the logarithm). So both round to the same
/// double unless the true value lies that near to the midpoint of two; only there is pow asked.
/// </summary>
internal static unsafe class ExactPow
{
    /// <summary>
    /// How much an error of rounding is enlarged to see whether it then rounds elsewhere. So every value within 0.0238 ulp of a
    /// midpoint (½ − ½/1.05) is found: what pow may be off by where |ln of the result| ≤ 355, as it is for the root of any double. Where
    /// pow is another library's, everything is in doubt.
    /// </summary>
    public static double Margin => OperatingSystem.IsLinux() ? 1.05 : double.PositiveInfinity;

    /// <summary>A power: the double nearest to it, and what that is off by.</summary>
    public interface IPower
    {
        static abstract double Exponent { get; }

        static abstract R Nearest<S, R>(R x, out R off) where S : struct, ISimd<R, double> where R : unmanaged;
    }

    /// <summary>y = pow(x, exponent) for some rows, at most four, of <paramref name="count"/> positive numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Raise<S, R, TPower>(double* x, double* y, int rows, int count)
        where S : struct, ISimd<R, double>
        where R : unmanaged
        where TPower : struct, IPower
    {
        const int T = ExactPass.T;
        var doubts = 0UL; // a bit for each number
        var margin = S.Broadcast(Margin);
        for (var row = 0; row < rows; row++)
        {
            for (var p = 0; p < count; p += S.Lanes)
            {
                var nearest = TPower.Nearest<S, R>(S.Load(x + row * T + p), out var off);
                S.Store(nearest, y + row * T + p);
                var doubt = S.WhereDifferent(S.FusedMultiplyAdd(off, margin, nearest), nearest);
                doubts |= (ulong)(doubt & ((1u << (count - p)) - 1)) << (row * T + p);
            }
        }

        for (; doubts != 0; doubts &= doubts - 1)
        {
            var i = BitOperations.TrailingZeroCount(doubts);
            y[i] = Math.Pow(x[i], TPower.Exponent);
        }
    }

    /// <summary>x^−1.</summary>
    public readonly struct Inverse : IPower
    {
        public static double Exponent => -1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Nearest<S, R>(R x, out R off) where S : struct, ISimd<R, double> where R : unmanaged
        {
            var y = S.Divide(S.Broadcast(1), x);
            off = S.Multiply(S.Remainder(S.Broadcast(1), x, y), y);
            return y;
        }
    }

    /// <summary>x^−2.</summary>
    public readonly struct InverseSquare : IPower
    {
        public static double Exponent => -2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Nearest<S, R>(R x, out R off) where S : struct, ISimd<R, double> where R : unmanaged
        {
            var y = Inverse.Nearest<S, R>(x, out var rest);
            var square = Square<S, R>(y, rest, out var squareRest);
            return Sum<S, R>(square, squareRest, out off);
        }
    }

    /// <summary>x^−½.</summary>
    public readonly struct InverseRoot : IPower
    {
        public static double Exponent => -0.5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Nearest<S, R>(R x, out R off) where S : struct, ISimd<R, double> where R : unmanaged
        {
            // One step of Newton's from a y that is off in the last place: y + y(1 − xy²)/2, with y² in two parts.
            var y = S.Divide(S.Broadcast(1), S.Sqrt(x));
            var square = Square<S, R>(y, default, out var rest);
            var remainder = S.Remainder(S.Remainder(S.Broadcast(1), x, square), x, rest);
            return Sum<S, R>(y, S.Multiply(S.Multiply(y, S.Broadcast(0.5)), remainder), out off);
        }
    }

    /// <summary>x^−1.5.</summary>
    public readonly struct InverseRootCubed : IPower
    {
        public static double Exponent => -1.5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Nearest<S, R>(R x, out R off) where S : struct, ISimd<R, double> where R : unmanaged
        {
            var y = InverseRoot.Nearest<S, R>(x, out var rest);
            var square = Square<S, R>(y, rest, out var squareRest);
            var cube = S.Multiply(square, y);
            var cubeRest = S.Remainder(cube, square, y); // −, and exact
            cubeRest = S.Remainder(S.FusedMultiplyAdd(square, rest, S.Multiply(squareRest, y)), S.Broadcast(1), cubeRest);
            return Sum<S, R>(cube, cubeRest, out off);
        }
    }

    /// <summary>(y + rest)² in two parts: the nearest double to y², and what is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Square<S, R>(R y, R rest, out R squareRest) where S : struct, ISimd<R, double> where R : unmanaged
    {
        var square = S.Multiply(y, y);
        var missing = S.Subtract(default, S.Remainder(square, y, y)); // y² − square, exactly
        squareRest = S.FusedMultiplyAdd(S.Add(y, y), rest, missing);
        return square;
    }

    /// <summary>The nearest double to a sum of a large and a small number, and what is missing (Dekker 1971).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Sum<S, R>(R large, R small, out R missing) where S : struct, ISimd<R, double> where R : unmanaged
    {
        var sum = S.Add(large, small);
        missing = S.Add(S.Subtract(large, sum), small);
        return sum;
    }
}
