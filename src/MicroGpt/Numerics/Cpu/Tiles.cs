using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MicroGpt.Numerics.Cpu;

// A tile of C, 12 rows × 2 registers, stays in registers over the whole sum: for each k it takes 2 loads of B, 12 broadcasts of
// A and 24 multiply-adds, so that B is read at a sixth of the rate at which a core could fetch it from its second cache.
// Processors with 16 registers (AVX2) take 6 rows, and so do the last rows of every product. Products narrower than a tile, as a
// tiny model has them, take 8 or 4 rows × 1 register.
internal static unsafe class Tiles<S, V, F>
    where S : struct, ISimd<V, F>
    where V : unmanaged
    where F : unmanaged, System.Numerics.IFloatingPointIeee754<F>
{
    /// <summary>Rows of the largest tile.</summary>
    public static int Rows => S.Bits == 512 || AdvSimd.Arm64.IsSupported ? 12 : 6;

    /// <summary>Columns of every tile.</summary>
    public static int Columns => 2 * S.Lanes;

    /// <summary>
    /// C = start + bias + A·B for one tile. The tile has at most <see cref="Rows"/> rows; its columns are those of a panel, or a
    /// register's if there are no more than that.
    /// </summary>
    /// <param name="a">A's first row; its strides are in elements.</param>
    /// <param name="rowStride">From one row of A to the next.</param>
    /// <param name="columnStride">From one column of A to the next.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="panel">B.</param>
    /// <param name="panelStride">From one row of B to the next.</param>
    /// <param name="columns">How many columns of B and C matter.</param>
    /// <param name="K">Columns of A, rows of B.</param>
    /// <param name="c">C.</param>
    /// <param name="stride">From one row of C, and of <paramref name="start"/>, to the next.</param>
    /// <param name="start">What the sums begin with, or null for zeros; may be <paramref name="c"/>.</param>
    /// <param name="bias">A row added to every row, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        F* a, nint rowStride, nint columnStride, int rows, F* panel, nint panelStride, int columns, int K, F* c, nint stride, F* start, F* bias)
    {
        if (Rows == 12 && rows == 12 && columns > S.Lanes)
            Twelve((byte*)a, rowStride * sizeof(F), columnStride * sizeof(F), panel, panelStride, K, c, stride, start, bias);
        else
            Part(a, rowStride, columnStride, rows, panel, panelStride, columns, K, c, stride, start, bias);
    }

    /// <summary>Fewer rows or columns than the largest tile has, in tiles that leave little of their registers unused.</summary>
    private static void Part(
        F* a, nint rowStride, nint columnStride, int rows, F* panel, nint panelStride, int columns, int K, F* c, nint stride, F* start, F* bias)
    {
        for (var row = 0; row < rows;)
        {
            var left = rows - row;
            if (columns <= S.Lanes || left is 7 or 8)
            {
                var taken = Math.Min(left, 8);
                for (var column = 0; column < columns; column += S.Lanes)
                {
                    var from = start is null ? null : start + column;
                    var addend = bias is null ? null : bias + column;
                    if (taken > 4)
                        Eight(a, rowStride, columnStride, taken, panel + column, panelStride, K, c + column, stride, from, addend);
                    else
                        Four(a, rowStride, columnStride, taken, panel + column, panelStride, K, c + column, stride, from, addend);
                }

                left = taken;
            }
            else
            {
                left = Math.Min(left, 6);
                Six(a, rowStride, columnStride, left, panel, panelStride, K, c, stride, start, bias);
            }

            row += left;
            a += left * rowStride;
            c += left * stride;
            if (start is not null)
                start += left * stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve(
        byte* a, nint row, nint step, F* panel, nint panelStride, int K, F* c, nint stride, F* start, F* bias)
    {
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        V c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
        V c90 = default, c91 = default, cA0 = default, cA1 = default, cB0 = default, cB1 = default;
        if (bias is not null)
        {
            var b0 = S.Load(bias);
            var b1 = S.Load(bias + S.Lanes);
            c00 = b0;
            c01 = b1;
            c10 = b0;
            c11 = b1;
            c20 = b0;
            c21 = b1;
            c30 = b0;
            c31 = b1;
            c40 = b0;
            c41 = b1;
            c50 = b0;
            c51 = b1;
            c60 = b0;
            c61 = b1;
            c70 = b0;
            c71 = b1;
            c80 = b0;
            c81 = b1;
            c90 = b0;
            c91 = b1;
            cA0 = b0;
            cA1 = b1;
            cB0 = b0;
            cB1 = b1;
        }

        // Three rows a pointer: the processor adds the row's distance, or twice that, to an address for nothing.
        var a3 = a + 3 * row;
        var a6 = a + 6 * row;
        var a9 = a + 9 * row;
        // C's lines, and those of what is added at the end, are fetched while the sums are made, because loads and stores at the end would wait
        // for them one after the other; a row at a time, because a core waits for few lines at once, and those of the sums come first.
        var end = panel + K * panelStride;
        var run = Math.Max(K / 16, 1) * panelStride;
        var line = c;
        var rowsToFetch = 12;
        var startLine = start is null ? c : start;
        do
        {
            var stop = end;
            if (rowsToFetch > 0)
            {
                Prefetch(line);
                Prefetch(line + S.Lanes);
                line += stride;
                Prefetch(startLine);
                Prefetch(startLine + S.Lanes);
                startLine += stride;
                rowsToFetch--;
                if (end - panel > run)
                    stop = panel + run;
            }

            for (; panel < stop; panel += panelStride)
            {
                var b0 = S.Load(panel);
                var b1 = S.Load(panel + S.Lanes);
                var v = S.Broadcast(*(F*)a);
                c00 = S.MultiplyAdd(v, b0, c00);
                c01 = S.MultiplyAdd(v, b1, c01);
                v = S.Broadcast(*(F*)(a + row));
                c10 = S.MultiplyAdd(v, b0, c10);
                c11 = S.MultiplyAdd(v, b1, c11);
                v = S.Broadcast(*(F*)(a + 2 * row));
                c20 = S.MultiplyAdd(v, b0, c20);
                c21 = S.MultiplyAdd(v, b1, c21);
                v = S.Broadcast(*(F*)a3);
                c30 = S.MultiplyAdd(v, b0, c30);
                c31 = S.MultiplyAdd(v, b1, c31);
                v = S.Broadcast(*(F*)(a3 + row));
                c40 = S.MultiplyAdd(v, b0, c40);
                c41 = S.MultiplyAdd(v, b1, c41);
                v = S.Broadcast(*(F*)(a3 + 2 * row));
                c50 = S.MultiplyAdd(v, b0, c50);
                c51 = S.MultiplyAdd(v, b1, c51);
                v = S.Broadcast(*(F*)a6);
                c60 = S.MultiplyAdd(v, b0, c60);
                c61 = S.MultiplyAdd(v, b1, c61);
                v = S.Broadcast(*(F*)(a6 + row));
                c70 = S.MultiplyAdd(v, b0, c70);
                c71 = S.MultiplyAdd(v, b1, c71);
                v = S.Broadcast(*(F*)(a6 + 2 * row));
                c80 = S.MultiplyAdd(v, b0, c80);
                c81 = S.MultiplyAdd(v, b1, c81);
                v = S.Broadcast(*(F*)a9);
                c90 = S.MultiplyAdd(v, b0, c90);
                c91 = S.MultiplyAdd(v, b1, c91);
                v = S.Broadcast(*(F*)(a9 + row));
                cA0 = S.MultiplyAdd(v, b0, cA0);
                cA1 = S.MultiplyAdd(v, b1, cA1);
                v = S.Broadcast(*(F*)(a9 + 2 * row));
                cB0 = S.MultiplyAdd(v, b0, cB0);
                cB1 = S.MultiplyAdd(v, b1, cB1);
                a += step;
                a3 += step;
                a6 += step;
                a9 += step;
            }
        }
        while (panel < end);

        if (start is not null)
        {
            c00 = S.Add(S.Load(start), c00);
            c01 = S.Add(S.Load(start + S.Lanes), c01);
            start += stride;
            c10 = S.Add(S.Load(start), c10);
            c11 = S.Add(S.Load(start + S.Lanes), c11);
            start += stride;
            c20 = S.Add(S.Load(start), c20);
            c21 = S.Add(S.Load(start + S.Lanes), c21);
            start += stride;
            c30 = S.Add(S.Load(start), c30);
            c31 = S.Add(S.Load(start + S.Lanes), c31);
            start += stride;
            c40 = S.Add(S.Load(start), c40);
            c41 = S.Add(S.Load(start + S.Lanes), c41);
            start += stride;
            c50 = S.Add(S.Load(start), c50);
            c51 = S.Add(S.Load(start + S.Lanes), c51);
            start += stride;
            c60 = S.Add(S.Load(start), c60);
            c61 = S.Add(S.Load(start + S.Lanes), c61);
            start += stride;
            c70 = S.Add(S.Load(start), c70);
            c71 = S.Add(S.Load(start + S.Lanes), c71);
            start += stride;
            c80 = S.Add(S.Load(start), c80);
            c81 = S.Add(S.Load(start + S.Lanes), c81);
            start += stride;
            c90 = S.Add(S.Load(start), c90);
            c91 = S.Add(S.Load(start + S.Lanes), c91);
            start += stride;
            cA0 = S.Add(S.Load(start), cA0);
            cA1 = S.Add(S.Load(start + S.Lanes), cA1);
            start += stride;
            cB0 = S.Add(S.Load(start), cB0);
            cB1 = S.Add(S.Load(start + S.Lanes), cB1);
        }

        S.Store(c00, c);
        S.Store(c01, c + S.Lanes);
        c += stride;
        S.Store(c10, c);
        S.Store(c11, c + S.Lanes);
        c += stride;
        S.Store(c20, c);
        S.Store(c21, c + S.Lanes);
        c += stride;
        S.Store(c30, c);
        S.Store(c31, c + S.Lanes);
        c += stride;
        S.Store(c40, c);
        S.Store(c41, c + S.Lanes);
        c += stride;
        S.Store(c50, c);
        S.Store(c51, c + S.Lanes);
        c += stride;
        S.Store(c60, c);
        S.Store(c61, c + S.Lanes);
        c += stride;
        S.Store(c70, c);
        S.Store(c71, c + S.Lanes);
        c += stride;
        S.Store(c80, c);
        S.Store(c81, c + S.Lanes);
        c += stride;
        S.Store(c90, c);
        S.Store(c91, c + S.Lanes);
        c += stride;
        S.Store(cA0, c);
        S.Store(cA1, c + S.Lanes);
        c += stride;
        S.Store(cB0, c);
        S.Store(cB1, c + S.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(F* line)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(line);
    }

    /// <summary>Up to 6 rows. Rows that are not there repeat the last, as does what is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(
        F* a, nint row, nint step, int rows, F* panel, nint panelStride, int K, F* c, nint stride, F* start, F* bias)
    {
        var a1 = rows > 1 ? a + row : a;
        var a2 = rows > 2 ? a1 + row : a1;
        var a3 = rows > 3 ? a2 + row : a2;
        var a4 = rows > 4 ? a3 + row : a3;
        var a5 = rows > 5 ? a4 + row : a4;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        if (start is not null)
        {
            var s = start;
            (c00, c01) = (S.Load(s), S.Load(s + S.Lanes));
            s = rows > 1 ? s + stride : s;
            (c10, c11) = (S.Load(s), S.Load(s + S.Lanes));
            s = rows > 2 ? s + stride : s;
            (c20, c21) = (S.Load(s), S.Load(s + S.Lanes));
            s = rows > 3 ? s + stride : s;
            (c30, c31) = (S.Load(s), S.Load(s + S.Lanes));
            s = rows > 4 ? s + stride : s;
            (c40, c41) = (S.Load(s), S.Load(s + S.Lanes));
            s = rows > 5 ? s + stride : s;
            (c50, c51) = (S.Load(s), S.Load(s + S.Lanes));
        }

        if (bias is not null)
        {
            var (b0, b1) = (S.Load(bias), S.Load(bias + S.Lanes));
            (c00, c01) = (S.Add(c00, b0), S.Add(c01, b1));
            (c10, c11) = (S.Add(c10, b0), S.Add(c11, b1));
            (c20, c21) = (S.Add(c20, b0), S.Add(c21, b1));
            (c30, c31) = (S.Add(c30, b0), S.Add(c31, b1));
            (c40, c41) = (S.Add(c40, b0), S.Add(c41, b1));
            (c50, c51) = (S.Add(c50, b0), S.Add(c51, b1));
        }

        var end = panel + K * panelStride;
        for (; panel < end; panel += panelStride)
        {
            var b0 = S.Load(panel);
            var b1 = S.Load(panel + S.Lanes);
            var v = S.Broadcast(*a);
            c00 = S.MultiplyAdd(v, b0, c00);
            c01 = S.MultiplyAdd(v, b1, c01);
            v = S.Broadcast(*a1);
            c10 = S.MultiplyAdd(v, b0, c10);
            c11 = S.MultiplyAdd(v, b1, c11);
            v = S.Broadcast(*a2);
            c20 = S.MultiplyAdd(v, b0, c20);
            c21 = S.MultiplyAdd(v, b1, c21);
            v = S.Broadcast(*a3);
            c30 = S.MultiplyAdd(v, b0, c30);
            c31 = S.MultiplyAdd(v, b1, c31);
            v = S.Broadcast(*a4);
            c40 = S.MultiplyAdd(v, b0, c40);
            c41 = S.MultiplyAdd(v, b1, c41);
            v = S.Broadcast(*a5);
            c50 = S.MultiplyAdd(v, b0, c50);
            c51 = S.MultiplyAdd(v, b1, c51);
            a += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
        }

        S.Store(c00, c);
        S.Store(c01, c + S.Lanes);
        c = rows > 1 ? c + stride : c;
        S.Store(c10, c);
        S.Store(c11, c + S.Lanes);
        c = rows > 2 ? c + stride : c;
        S.Store(c20, c);
        S.Store(c21, c + S.Lanes);
        c = rows > 3 ? c + stride : c;
        S.Store(c30, c);
        S.Store(c31, c + S.Lanes);
        c = rows > 4 ? c + stride : c;
        S.Store(c40, c);
        S.Store(c41, c + S.Lanes);
        c = rows > 5 ? c + stride : c;
        S.Store(c50, c);
        S.Store(c51, c + S.Lanes);
    }

    /// <summary>Up to 8 rows of one register. Rows that are not there repeat the last, as does what is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(
        F* a, nint row, nint step, int rows, F* panel, nint panelStride, int K, F* c, nint stride, F* start, F* bias)
    {
        var a1 = rows > 1 ? a + row : a;
        var a2 = rows > 2 ? a1 + row : a1;
        var a3 = rows > 3 ? a2 + row : a2;
        var a4 = rows > 4 ? a3 + row : a3;
        var a5 = rows > 5 ? a4 + row : a4;
        var a6 = rows > 6 ? a5 + row : a5;
        var a7 = rows > 7 ? a6 + row : a6;
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        if (start is not null)
        {
            var s = start;
            c0 = S.Load(s);
            s = rows > 1 ? s + stride : s;
            c1 = S.Load(s);
            s = rows > 2 ? s + stride : s;
            c2 = S.Load(s);
            s = rows > 3 ? s + stride : s;
            c3 = S.Load(s);
            s = rows > 4 ? s + stride : s;
            c4 = S.Load(s);
            s = rows > 5 ? s + stride : s;
            c5 = S.Load(s);
            s = rows > 6 ? s + stride : s;
            c6 = S.Load(s);
            s = rows > 7 ? s + stride : s;
            c7 = S.Load(s);
        }

        if (bias is not null)
        {
            var b = S.Load(bias);
            c0 = S.Add(c0, b);
            c1 = S.Add(c1, b);
            c2 = S.Add(c2, b);
            c3 = S.Add(c3, b);
            c4 = S.Add(c4, b);
            c5 = S.Add(c5, b);
            c6 = S.Add(c6, b);
            c7 = S.Add(c7, b);
        }

        var end = panel + K * panelStride;
        for (; panel < end; panel += panelStride)
        {
            var b = S.Load(panel);
            c0 = S.MultiplyAdd(S.Broadcast(*a), b, c0);
            c1 = S.MultiplyAdd(S.Broadcast(*a1), b, c1);
            c2 = S.MultiplyAdd(S.Broadcast(*a2), b, c2);
            c3 = S.MultiplyAdd(S.Broadcast(*a3), b, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*a4), b, c4);
            c5 = S.MultiplyAdd(S.Broadcast(*a5), b, c5);
            c6 = S.MultiplyAdd(S.Broadcast(*a6), b, c6);
            c7 = S.MultiplyAdd(S.Broadcast(*a7), b, c7);
            a += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
            a6 += step;
            a7 += step;
        }

        S.Store(c0, c);
        c = rows > 1 ? c + stride : c;
        S.Store(c1, c);
        c = rows > 2 ? c + stride : c;
        S.Store(c2, c);
        c = rows > 3 ? c + stride : c;
        S.Store(c3, c);
        c = rows > 4 ? c + stride : c;
        S.Store(c4, c);
        c = rows > 5 ? c + stride : c;
        S.Store(c5, c);
        c = rows > 6 ? c + stride : c;
        S.Store(c6, c);
        c = rows > 7 ? c + stride : c;
        S.Store(c7, c);
    }

    /// <summary>Up to 4 rows of one register. Rows that are not there repeat the last, as does what is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(
        F* a, nint row, nint step, int rows, F* panel, nint panelStride, int K, F* c, nint stride, F* start, F* bias)
    {
        var a1 = rows > 1 ? a + row : a;
        var a2 = rows > 2 ? a1 + row : a1;
        var a3 = rows > 3 ? a2 + row : a2;
        V c0 = default, c1 = default, c2 = default, c3 = default;
        if (start is not null)
        {
            var s = start;
            c0 = S.Load(s);
            s = rows > 1 ? s + stride : s;
            c1 = S.Load(s);
            s = rows > 2 ? s + stride : s;
            c2 = S.Load(s);
            s = rows > 3 ? s + stride : s;
            c3 = S.Load(s);
        }

        if (bias is not null)
        {
            var b = S.Load(bias);
            c0 = S.Add(c0, b);
            c1 = S.Add(c1, b);
            c2 = S.Add(c2, b);
            c3 = S.Add(c3, b);
        }

        var end = panel + K * panelStride;
        for (; panel < end; panel += panelStride)
        {
            var b = S.Load(panel);
            c0 = S.MultiplyAdd(S.Broadcast(*a), b, c0);
            c1 = S.MultiplyAdd(S.Broadcast(*a1), b, c1);
            c2 = S.MultiplyAdd(S.Broadcast(*a2), b, c2);
            c3 = S.MultiplyAdd(S.Broadcast(*a3), b, c3);
            a += step;
            a1 += step;
            a2 += step;
            a3 += step;
        }

        S.Store(c0, c);
        c = rows > 1 ? c + stride : c;
        S.Store(c1, c);
        c = rows > 2 ? c + stride : c;
        S.Store(c2, c);
        c = rows > 3 ? c + stride : c;
        S.Store(c3, c);
    }
}
