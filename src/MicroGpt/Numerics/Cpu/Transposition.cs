using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MicroGpt.Numerics.Cpu;

/// <summary>
/// Turns rows into columns, a square at a time, by zipping pairs of rows: 8 × 8 floats in 256-bit registers, 4 × 4 floats or 2 × 2
/// doubles in 128-bit ones.
/// </summary>
internal static unsafe class Transposition<F> where F : unmanaged
{
    /// <summary>to[j][i] = from[i][j].</summary>
    /// <param name="from">The rows.</param>
    /// <param name="fromStride">Elements from one row to the next.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="to">Where the columns go, as rows.</param>
    /// <param name="toStride">Elements from one of these to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(F* from, nint fromStride, int rows, int columns, F* to, nint toStride)
    {
        var large = Avx.IsSupported && sizeof(F) == 4 && rows >= 8 && columns >= 8;
        var side = large ? 8 : Sse2.IsSupported || AdvSimd.Arm64.IsSupported ? Vector128<F>.Count : 1;
        if (rows < side || columns < side)
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                    to[j * toStride + i] = from[i * fromStride + j];
            }

            return;
        }

        // The last square of a row, and the last row of squares, may overlap the one before.
        for (var i = 0; ; i = Math.Min(i + side, rows - side))
        {
            for (var j = 0; ; j = Math.Min(j + side, columns - side))
            {
                if (large)
                    LargeSquare((float*)(from + i * fromStride + j), fromStride, (float*)(to + j * toStride + i), toStride);
                else if (side > 1)
                    Square(from + i * fromStride + j, fromStride, to + j * toStride + i, toStride);
                else
                    to[j * toStride + i] = from[i * fromStride + j];
                if (j + side == columns)
                    break;
            }

            if (i + side == rows)
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LargeSquare(float* from, nint fromStride, float* to, nint toStride)
    {
        // Rows i and i + 4 share a register, so that halves need not change places afterwards.
        var a = Rows(from, from + 4 * fromStride);
        var b = Rows(from + fromStride, from + 5 * fromStride);
        var c = Rows(from + 2 * fromStride, from + 6 * fromStride);
        var d = Rows(from + 3 * fromStride, from + 7 * fromStride);
        Columns(a, b, c, d, to, toStride);
        from += 4;
        a = Rows(from, from + 4 * fromStride);
        b = Rows(from + fromStride, from + 5 * fromStride);
        c = Rows(from + 2 * fromStride, from + 6 * fromStride);
        d = Rows(from + 3 * fromStride, from + 7 * fromStride);
        Columns(a, b, c, d, to + 4 * toStride, toStride);
    }

    /// <summary>Four numbers each of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rows(float* low, float* high) => Vector256.Create(Vector128.Load(low), Vector128.Load(high));

    /// <summary>From four columns of rows 0 and 4, 1 and 5, 2 and 6, 3 and 7: these columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to, nint toStride)
    {
        var (evenLow, evenHigh) = (Avx.UnpackLow(a, c), Avx.UnpackHigh(a, c));
        var (oddLow, oddHigh) = (Avx.UnpackLow(b, d), Avx.UnpackHigh(b, d));
        Avx.UnpackLow(evenLow, oddLow).Store(to);
        Avx.UnpackHigh(evenLow, oddLow).Store(to + toStride);
        Avx.UnpackLow(evenHigh, oddHigh).Store(to + 2 * toStride);
        Avx.UnpackHigh(evenHigh, oddHigh).Store(to + 3 * toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(F* from, nint fromStride, F* to, nint toStride)
    {
        if (sizeof(F) == 4)
        {
            var a = Vector128.Load((float*)from);
            var b = Vector128.Load((float*)(from + fromStride));
            var c = Vector128.Load((float*)(from + 2 * fromStride));
            var d = Vector128.Load((float*)(from + 3 * fromStride));
            var (evenLow, evenHigh) = (ZipLow(a, c), ZipHigh(a, c));
            var (oddLow, oddHigh) = (ZipLow(b, d), ZipHigh(b, d));
            ZipLow(evenLow, oddLow).Store((float*)to);
            ZipHigh(evenLow, oddLow).Store((float*)(to + toStride));
            ZipLow(evenHigh, oddHigh).Store((float*)(to + 2 * toStride));
            ZipHigh(evenHigh, oddHigh).Store((float*)(to + 3 * toStride));
        }
        else
        {
            var a = Vector128.Load((double*)from);
            var b = Vector128.Load((double*)(from + fromStride));
            Vector128.Create(a.GetElement(0), b.GetElement(0)).Store((double*)to);
            Vector128.Create(a.GetElement(1), b.GetElement(1)).Store((double*)(to + toStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
