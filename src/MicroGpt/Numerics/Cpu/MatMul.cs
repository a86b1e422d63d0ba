using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// Matrix products. B is first packed into panels two registers wide, [N / 2L][K][2L], so that the inner loop reads it from
// front to back; A is read where it lies, its elements broadcast. A tile of 6 rows × 2 registers of C stays in 12 registers
// over the whole sum: for each k it takes 2 loads of B, 6 broadcasts of A and 12 multiply-adds, which fills the multiply-add
// units on processors with 16 registers (AVX2) as well as with 32.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private const int TileRows = 6;
    private const int TileRowsPerItem = 16; // 96 rows of A, which stay in the cache while a panel passes over them

    private readonly Lock _packing = new();
    private Storage _packed = new(0);

    private static int PanelWidth => 2 * S.Lanes;

    /// <summary>A matrix in memory: element (i, j) stands at <c>Data[i · RowStride + j · ColumnStride]</c>.</summary>
    private readonly struct Matrix(F* data, nint rowStride, nint columnStride)
    {
        public readonly F* Data = data;
        public readonly nint RowStride = rowStride;
        public readonly nint ColumnStride = columnStride;

        public Matrix Transposed => new(Data, ColumnStride, RowStride);

        public static Matrix RowMajor(F* data, int columns) => new(data, columns, 1);
    }

    /// <summary>
    /// C = A·B + bias, or C += A·B + bias, with A of M × K, B of K × N (one of its strides is 1), C of M × N, row-major, and
    /// bias of N numbers added to every row, or null.
    /// </summary>
    private void Multiply(Matrix a, Matrix b, F* c, F* bias, int M, int N, int K, bool add)
    {
        if (M == 0 || N == 0)
            return;

        var panels = (N + PanelWidth - 1) / PanelWidth;
        lock (_packing)
        {
            var bytes = (long)panels * PanelWidth * K * sizeof(F);
            if (_packed.Bytes < bytes)
                _packed = new Storage(bytes);
            var packed = (F*)_packed.Pointer;
            Spread(new PackWork(b, packed, N, K), panels, (long)PanelWidth * K * 4);

            var rowItems = (M + TileRows * TileRowsPerItem - 1) / (TileRows * TileRowsPerItem);
            Spread(
                new MultiplyWork(a, packed, c, bias, M, N, K, rowItems, add),
                panels * rowItems, (long)Math.Min(M, TileRows * TileRowsPerItem) * PanelWidth * K / (2 * S.Lanes),
                TileRows * PanelWidth * sizeof(F));
        }
    }

    private readonly struct PackWork(Matrix b, F* packed, int N, int K) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            var width = PanelWidth;
            for (var panel = begin; panel < end; panel++)
            {
                var to = packed + (long)panel * width * K;
                var from = b.Data + panel * width * b.ColumnStride;
                var columns = Math.Min(width, N - panel * width);
                if (columns < width)
                    new Span<F>(to, width * K).Clear();
                if (b.ColumnStride == 1)
                {
                    for (var k = 0; k < K; k++)
                        new Span<F>(from + k * b.RowStride, columns).CopyTo(new Span<F>(to + (long)k * width, columns));
                }
                else
                {
                    for (var j = 0; j < columns; j++)
                        for (var k = 0; k < K; k++)
                            to[(long)k * width + j] = from[j * b.ColumnStride + k];
                }
            }
        }
    }

    private readonly struct MultiplyWork(Matrix a, F* packed, F* c, F* bias, int M, int N, int K, int rowItems, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var panel = item / rowItems;
                var firstRow = item % rowItems * TileRows * TileRowsPerItem;
                var lastRow = Math.Min(firstRow + TileRows * TileRowsPerItem, M);
                var column = panel * PanelWidth;
                for (var row = firstRow; row < lastRow; row += TileRows)
                {
                    var rows = Math.Min(TileRows, lastRow - row);
                    var tileOfA = new Matrix(a.Data + row * a.RowStride, a.RowStride, a.ColumnStride);
                    MultiplyTile(tileOfA, rows, packed + (long)column * K, K, (F*)scratch);
                    StoreTile(
                        (F*)scratch, c + (long)row * N + column, N, bias is null ? null : bias + column, rows,
                        Math.Min(PanelWidth, N - column), add);
                }
            }
        }
    }

    /// <summary>6 rows of A times one panel, 6 × 2 registers. Rows that A does not have repeat its last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTile(Matrix a, int rows, F* panel, int K, F* tile)
    {
        var step = a.ColumnStride;
        var a0 = a.Data;
        var a1 = rows > 1 ? a0 + a.RowStride : a0;
        var a2 = rows > 2 ? a1 + a.RowStride : a1;
        var a3 = rows > 3 ? a2 + a.RowStride : a2;
        var a4 = rows > 4 ? a3 + a.RowStride : a3;
        var a5 = rows > 5 ? a4 + a.RowStride : a4;

        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        var end = panel + (long)K * 2 * S.Lanes;
        for (; panel < end; panel += 2 * S.Lanes)
        {
            var b0 = S.Load(panel);
            var b1 = S.Load(panel + S.Lanes);
            var v = S.Broadcast(*a0);
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
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
        }

        // By way of memory: with a call in sight, the JIT would keep the sums on the stack through the whole loop.
        S.Store(c00, tile);
        S.Store(c01, tile + S.Lanes);
        S.Store(c10, tile + 2 * S.Lanes);
        S.Store(c11, tile + 3 * S.Lanes);
        S.Store(c20, tile + 4 * S.Lanes);
        S.Store(c21, tile + 5 * S.Lanes);
        S.Store(c30, tile + 6 * S.Lanes);
        S.Store(c31, tile + 7 * S.Lanes);
        S.Store(c40, tile + 8 * S.Lanes);
        S.Store(c41, tile + 9 * S.Lanes);
        S.Store(c50, tile + 10 * S.Lanes);
        S.Store(c51, tile + 11 * S.Lanes);
    }

    /// <summary>Moves a tile into C, as far as C reaches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreTile(F* tile, F* c, nint stride, F* bias, int rows, int columns, bool add)
    {
        for (var row = 0; row < rows; row++)
        {
            StoreHalf(S.Load(tile), c, bias, Math.Min(columns, S.Lanes), add);
            if (columns > S.Lanes)
                StoreHalf(S.Load(tile + S.Lanes), c + S.Lanes, bias is null ? null : bias + S.Lanes, columns - S.Lanes, add);
            tile += PanelWidth;
            c += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalf(V value, F* c, F* bias, int columns, bool add)
    {
        if (columns == S.Lanes)
        {
            if (bias is not null)
                value = S.Add(value, S.Load(bias));
            S.Store(add ? S.Add(S.Load(c), value) : value, c);
            return;
        }

        if (bias is not null)
            value = S.Add(value, VectorMath<S, V, F>.LoadPartial(bias, columns));
        if (add)
            value = S.Add(value, VectorMath<S, V, F>.LoadPartial(c, columns));
        VectorMath<S, V, F>.StorePartial(value, c, columns);
    }
}
