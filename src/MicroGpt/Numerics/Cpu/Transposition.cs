using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MicroGpt.Numerics.Cpu;

/// <summary>
/// Turns rows into columns, a square of 128-bit registers at a time: 4 × 4 floats or 2 × 2 doubles, by zipping pairs of rows.
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
        var side = Sse2.IsSupported || AdvSimd.Arm64.IsSupported ? Vector128<F>.Count : 1;
        var (wholeRows, wholeColumns) = (rows - rows % side, columns - columns % side);
        if (side > 1)
        {
            for (var i = 0; i < wholeRows; i += side)
            {
                for (var j = 0; j < wholeColumns; j += side)
                    Square(from + i * fromStride + j, fromStride, to + j * toStride + i, toStride);
            }
        }

        // What is left: the last columns of whole squares, and the last rows.
        for (var i = 0; i < rows; i++)
        {
            for (var j = i < wholeRows ? wholeColumns : 0; j < columns; j++)
                to[j * toStride + i] = from[i * fromStride + j];
        }
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
