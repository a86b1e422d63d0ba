using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// Matrix products. B is first packed into panels as wide as a tile, [N / 2L][K][2L], so that the inner loop reads it from front
// to back. An item of work is a block of rows and some panels: a panel passes over the block's tiles while it is in the cache.
// A is read where it lies if its rows lie side by side; if its columns do, the block is packed first, tile by tile, [K][rows].
// Long sums are cut every DepthOfBlock terms, so that a panel's part and the block stay in the second cache.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private const int RowsOfBlock = 96;
    private const int DepthOfBlock = 768;

    /// <summary>Multiply-adds that make an item: some 20 µs, little beside a product and much beside handing it out.</summary>
    private const long WorkOfItem = 1 << 20;

    private readonly Lock _packing = new();
    private Storage _packed = new(0);

    private static int PanelWidth => Tiles<S, V, F>.Columns;

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
    /// C = start + bias + A·B, with A of M × K, B of K × N (one of its strides is 1), C of M × N, row-major; start is null for
    /// zeros, or of C's layout, C itself to add to what is there; bias is null or N numbers added to every row.
    /// </summary>
    private void Multiply(Matrix a, Matrix b, F* c, F* start, F* bias, int M, int N, int K)
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

            var pack = a.ColumnStride != 1;
            var (rows, panelsOfItem) = Divide(M, panels, K, pack);
            var work = new MultiplyWork(a, packed, c, start, bias, M, N, K, rows, panelsOfItem, pack);
            _team.Run(work, work.Items, 1, work.ScratchBytes);
        }
    }

    /// <summary>How many rows and panels make an item: enough items to share, each large enough to be worth it.</summary>
    private static (int Rows, int Panels) Divide(int M, int panels, int K, bool pack)
    {
        // Packing rows pays by the number of panels that pass over them.
        var rows = RowsOfBlock;
        var panelsOfItem = pack
            ? panels
            : (int)Math.Clamp(WorkOfItem / ((long)Math.Min(M, rows) * PanelWidth * Math.Max(K, 1)), 1, panels);
        while (rows > 2 * Tiles<S, V, F>.Rows && (long)rows * panelsOfItem * PanelWidth * K > 2 * WorkOfItem && (long)M * panels < 24L * rows * panelsOfItem)
            rows /= 2;
        return (rows, panelsOfItem);
    }

    private readonly struct PackWork(Matrix b, F* packed, int N, int K) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            const int Depth = 16; // one cache line of floats: a row's line is read whole while its panel's lines are in the cache
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
                    if (columns == width)
                    {
                        for (var k = 0; k < K; k++)
                        {
                            S.Store(S.Load(from + k * b.RowStride), to + (nint)k * width);
                            S.Store(S.Load(from + k * b.RowStride + S.Lanes), to + (nint)k * width + S.Lanes);
                        }
                    }
                    else
                    {
                        for (var k = 0; k < K; k++)
                            new Span<F>(from + k * b.RowStride, columns).CopyTo(new Span<F>(to + (nint)k * width, columns));
                    }

                    continue;
                }

                for (var first = 0; first < K; first += Depth)
                {
                    var depth = Math.Min(Depth, K - first);
                    for (var j = 0; j < columns; j++)
                    {
                        var source = from + j * b.ColumnStride + first;
                        var target = to + (nint)first * width + j;
                        for (var k = 0; k < depth; k++)
                            target[k * width] = source[k];
                    }
                }
            }
        }
    }

    private readonly struct MultiplyWork(
        Matrix a, F* packed, F* c, F* start, F* bias, int M, int N, int K, int rows, int panelsOfItem, bool pack) : IWork
    {
        private static int TileRows => Tiles<S, V, F>.Rows;

        private int Groups => ((N + PanelWidth - 1) / PanelWidth + panelsOfItem - 1) / panelsOfItem;

        public int Items => (M + rows - 1) / rows * Groups;

        /// <summary>A tile of C that does not fit it, and the packed block of A.</summary>
        public int ScratchBytes => (TileRows * PanelWidth + (pack ? (rows + TileRows) * Math.Min(K, DepthOfBlock) : 0)) * sizeof(F);

        public void Run(int begin, int end, byte* scratch)
        {
            var groups = Groups;
            for (var item = begin; item < end; item++)
            {
                var firstRow = item / groups * rows;
                var firstPanel = item % groups * panelsOfItem;
                var lastRow = Math.Min(firstRow + rows, M);
                var lastPanel = Math.Min(firstPanel + panelsOfItem, (N + PanelWidth - 1) / PanelWidth);
                var depth = 0;
                do
                {
                    Block(firstRow, lastRow, firstPanel, lastPanel, depth, Math.Min(DepthOfBlock, K - depth), (F*)scratch);
                    depth += DepthOfBlock;
                }
                while (depth < K);
            }
        }

        /// <summary>The part of the sums from <paramref name="first"/> on, <paramref name="depth"/> terms of it.</summary>
        private void Block(int firstRow, int lastRow, int firstPanel, int lastPanel, int first, int depth, F* scratch)
        {
            var block = new Matrix(a.Data + firstRow * a.RowStride + first * a.ColumnStride, a.RowStride, a.ColumnStride);
            var tileStride = TileRows * a.RowStride;
            if (pack)
            {
                Pack(block, lastRow - firstRow, depth, scratch + TileRows * PanelWidth);
                block = new Matrix(scratch + TileRows * PanelWidth, 1, TileRows);
                tileStride = (nint)TileRows * depth;
            }

            var from = first == 0 ? start : c;
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                var column = panel * PanelWidth;
                var columns = Math.Min(PanelWidth, N - column);
                var b = packed + ((nint)panel * K + first) * PanelWidth;
                var addend = bias is null || first > 0 ? null : bias + column;
                var tileOfA = block.Data;
                for (var row = firstRow; row < lastRow; row += TileRows, tileOfA += tileStride)
                {
                    var tileRows = Math.Min(TileRows, lastRow - row);
                    var to = (nint)row * N + column;
                    if (columns == PanelWidth)
                    {
                        Tiles<S, V, F>.Multiply(
                            tileOfA, block.RowStride, block.ColumnStride, tileRows, b, depth, c + to, N,
                            from is null ? null : from + to, addend);
                        continue;
                    }

                    Tiles<S, V, F>.Multiply(
                        tileOfA, block.RowStride, block.ColumnStride, tileRows, b, depth, scratch, PanelWidth, null, null);
                    StorePart(scratch, c + to, from is null ? null : from + to, addend, tileRows, columns);
                }
            }
        }

        /// <summary>Columns of A that lie side by side in memory become tiles, [K][rows], as far as there are rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Pack(Matrix block, int rows, int depth, F* to)
        {
            for (var row = 0; row < rows; row += TileRows)
            {
                var count = Math.Min(TileRows, rows - row);
                var from = block.Data + row * block.RowStride;
                if (count == 12)
                {
                    for (var k = 0; k < depth; k++, from += block.ColumnStride, to += 12)
                        Unsafe.CopyBlockUnaligned(to, from, (uint)(12 * sizeof(F)));
                    continue;
                }

                for (var k = 0; k < depth; k++, from += block.ColumnStride, to += TileRows)
                {
                    for (var i = 0; i < count; i++)
                        to[i] = from[i];
                }
            }
        }

        /// <summary>A tile that reaches beyond C's last column goes there element by element.</summary>
        private void StorePart(F* tile, F* to, F* from, F* addend, int tileRows, int columns)
        {
            for (var row = 0; row < tileRows; row++, tile += PanelWidth, to += N)
            {
                for (var j = 0; j < columns; j++)
                {
                    var value = tile[j];
                    if (addend is not null)
                        value += addend[j];
                    to[j] = from is null ? value : from[j] + value;
                }

                if (from is not null)
                    from += N;
            }
        }
    }
}
