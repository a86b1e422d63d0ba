using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// Matrix products. A factor whose numbers lie side by side across the sum, line by line, is read where it lies if its lines are near
// each other. Otherwise B is packed into panels as wide as a tile, [N / 2L][K][2L], so that the inner loop reads it from front to back,
// and A into tiles, [M / rows][K][rows], unless its rows lie side by side.
// An item of work is a block of rows and some panels. Where A is tall, all of B is packed first and each item packs its own block
// of A; where A is short, each item packs its own panel of B, in its core's cache and never to memory.
// Long sums are cut every DepthOfBlock terms, so that a panel's part and the block stay in the second cache.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private const int RowsOfBlock = 96;
    private const int DepthOfBlock = 768;

    /// <summary>A with at most so many rows is short, if B is wider than that and has enough panels to share.</summary>
    private const int RowsOfShort = 512;
    private const int PanelsOfShort = 8;

    /// <summary>Multiply-adds that make an item: some 10 µs, little beside a product and much beside handing it out.</summary>
    private const long WorkOfItem = 1 << 19;

    /// <summary>Multiply-adds that no second thread would help with.</summary>
    private const long WorkOfSmall = 1 << 16;

    /// <summary>
    /// Lines at most so far apart are read where they lie: the second cache holds enough of them, and the processor foresees them, so that
    /// packing would only cost its own time.
    /// </summary>
    private const int BytesOfNear = 2048;

    /// <summary>Sums shorter than this read A's columns where they lie.</summary>
    private const int DepthWorthPacking = 64;

    /// <summary>Items that keep a few threads busy to the end.</summary>
    private const int ItemsWanted = 24;

    private readonly Lock _packing = new();
    private Storage _packed = new(0);

    private static int PanelWidth => Tiles<S, V, F>.Columns;

    private static int TileRows => Tiles<S, V, F>.Rows;

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
        if ((long)M * N * K <= WorkOfSmall && M <= RowsOfBlock)
        {
            var small = new MultiplyWork(a, b, null, c, start, bias, M, N, K, M, panels);
            _team.Run(small, 1, 1, small.ScratchBytes);
            return;
        }

        var packsTiles = PacksTiles(a, K);
        lock (_packing)
        {
            MultiplyWork work;
            if (M <= RowsOfShort && N >= M && panels >= PanelsOfShort && !packsTiles)
            {
                var rows = M;
                while (rows > RowsOfBlock && (M + rows - 1) / rows * panels < ItemsWanted / 2)
                    rows = (rows / 2 + TileRows - 1) / TileRows * TileRows;
                work = new MultiplyWork(a, b, null, c, start, bias, M, N, K, rows, panelsOfItem: 1);
            }
            else
            {
                var packed = IsNear(b) && N % S.Lanes == 0 ? null : Packed(panels * PanelWidth, K);
                if (packed is not null)
                    Spread(new PackPanelsWork(b, packed, N, K), panels, (long)PanelWidth * K * 4);
                var (rows, panelsOfItem) = Divide(M, panels, K, a.ColumnStride != 1 || RowsCollide(a, K));
                work = new MultiplyWork(a, b, packed, c, start, bias, M, N, K, rows, panelsOfItem);
            }

            _team.Run(work, work.Items, 1, work.ScratchBytes);
        }
    }

    private F* Packed(int lines, int K)
    {
        var bytes = (long)lines * K * sizeof(F);
        if (_packed.Bytes < bytes)
            _packed = Allocate(bytes, clear: false);
        return (F*)_packed.Pointer;
    }

    /// <summary>How many rows and panels make an item of a tall product: enough items to share, each large enough to be worth it.</summary>
    private static (int Rows, int Panels) Divide(int M, int panels, int K, bool prepares)
    {
        // Rows that are packed, copied or gathered from far pay by the number of panels that pass over them.
        var rows = RowsOfBlock;
        var workOfPanel = (long)Math.Min(M, rows) * PanelWidth * Math.Max(K, 1);
        var panelsOfItem = prepares ? panels : (int)Math.Clamp(WorkOfItem / workOfPanel, 1, panels);
        while (rows > 2 * TileRows && panelsOfItem * workOfPanel * rows / RowsOfBlock > WorkOfItem
            && (M + rows - 1) / rows * ((panels + panelsOfItem - 1) / panelsOfItem) < ItemsWanted)
            rows /= 2;
        return (rows, panelsOfItem);
    }

    /// <summary>
    /// Whether A's rows should be copied closer together: rows a multiple of 4 KiB apart share one set of the first cache, which holds
    /// fewer lines than a tile has rows.
    /// </summary>
    private static bool RowsCollide(Matrix a, int K) =>
        a.ColumnStride == 1 && a.RowStride * sizeof(F) % 4096 == 0 && K >= DepthWorthPacking;

    /// <summary>
    /// Whether B's rows are read where they lie. Not if they are just 2 KiB apart: a panel's part has two lines in each, and such lines
    /// share too few sets of the second cache.
    /// </summary>
    private static bool IsNear(Matrix b) => b.ColumnStride == 1 && b.RowStride * sizeof(F) < BytesOfNear;

    /// <summary>Whether A's columns lie side by side and are too far apart to be read where they lie.</summary>
    private static bool PacksTiles(Matrix a, int K) =>
        a.ColumnStride != 1 && a.ColumnStride * sizeof(F) > BytesOfNear && K >= DepthWorthPacking;

    private static int CopiedStride(int depth) => depth + Storage.Alignment / sizeof(F);

    private readonly struct PackPanelsWork(Matrix b, F* packed, int N, int K) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var panel = begin; panel < end; panel++)
                PackPanel(b, panel, N, 0, K, packed + (nint)panel * PanelWidth * K);
        }
    }

    private readonly struct MultiplyWork(
        Matrix a, Matrix b, F* panels, F* c, F* start, F* bias, int M, int N, int K, int rows, int panelsOfItem) : IWork
    {
        private int Panels => (N + PanelWidth - 1) / PanelWidth;

        private int Groups => (Panels + panelsOfItem - 1) / panelsOfItem;

        public int Items => (M + rows - 1) / rows * Groups;

        private bool CopiesRows => panelsOfItem > 1 && RowsCollide(a, K);

        /// <summary>A tile of C that does not fit it, a panel's part of B, and a block's part of A.</summary>
        public int ScratchBytes
        {
            get
            {
                var depth = Math.Min(K, DepthOfBlock);
                var block = PacksTiles(a, K) ? (rows + TileRows) * depth : CopiesRows ? rows * CopiedStride(depth) : 0;
                return (TileRows * PanelWidth + (panels is null ? PanelWidth * depth : 0) + block) * sizeof(F);
            }
        }

        public void Run(int begin, int end, byte* scratch)
        {
            var groups = Groups;
            for (var item = begin; item < end; item++)
            {
                var firstRow = item / groups * rows;
                var firstPanel = item % groups * panelsOfItem;
                var lastRow = Math.Min(firstRow + rows, M);
                var lastPanel = Math.Min(firstPanel + panelsOfItem, Panels);
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
            var panelPart = scratch + TileRows * PanelWidth;
            if (CopiesRows)
            {
                var copied = panelPart + (panels is null ? PanelWidth * depth : 0);
                for (var row = 0; row < lastRow - firstRow; row++)
                    new Span<F>(block.Data + row * a.RowStride, depth).CopyTo(new Span<F>(copied + (nint)row * CopiedStride(depth), depth));
                block = new Matrix(copied, CopiedStride(depth), 1);
                tileStride = (nint)TileRows * CopiedStride(depth);
            }
            else if (PacksTiles(a, K))
            {
                var packed = panelPart + (panels is null ? PanelWidth * depth : 0);
                PackTiles(block, lastRow - firstRow, depth, packed);
                block = new Matrix(packed, 1, TileRows);
                tileStride = (nint)TileRows * depth;
            }

            var from = first == 0 ? start : c;
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                var column = panel * PanelWidth;
                var columns = Math.Min(PanelWidth, N - column);
                var addend = bias is null || first > 0 ? null : bias + column;
                var partOfB = panels + ((nint)panel * K + first) * PanelWidth;
                nint strideOfB = PanelWidth;
                if (panels is null && IsNear(b) && columns % S.Lanes == 0)
                {
                    partOfB = b.Data + first * b.RowStride + column;
                    strideOfB = b.RowStride;
                }
                else if (panels is null)
                {
                    PackPanel(b, panel, N, first, depth, panelPart);
                    partOfB = panelPart;
                }

                var tileOfA = block.Data;
                for (var row = firstRow; row < lastRow; row += TileRows, tileOfA += tileStride)
                {
                    var tileRows = Math.Min(TileRows, lastRow - row);
                    var to = (nint)row * N + column;
                    if (columns % S.Lanes == 0)
                    {
                        Tiles<S, V, F>.Multiply(
                            tileOfA, block.RowStride, block.ColumnStride, tileRows, partOfB, strideOfB, columns, depth, c + to, N,
                            from is null ? null : from + to, addend);
                        continue;
                    }

                    Tiles<S, V, F>.Multiply(
                        tileOfA, block.RowStride, block.ColumnStride, tileRows, partOfB, strideOfB, columns, depth, scratch, PanelWidth, null,
                        null);
                    StorePart(scratch, c + to, from is null ? null : from + to, addend, tileRows, columns);
                }
            }
        }

        /// <summary>A tile that reaches beyond C's last column goes there by way of scratch memory.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void StorePart(F* tile, F* to, F* from, F* addend, int tileRows, int columns)
        {
            for (var row = 0; row < tileRows; row++, tile += PanelWidth, to += N)
            {
                var j = 0;
                if (columns >= S.Lanes)
                {
                    var value = S.Load(tile);
                    if (addend is not null)
                        value = S.Add(value, S.Load(addend));
                    S.Store(from is null ? value : S.Add(S.Load(from), value), to);
                    j = S.Lanes;
                }

                for (; j < columns; j++)
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

    /// <summary>Rows <paramref name="first"/> … of one panel of B, zeros behind B's last column, up to a whole register at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel(Matrix b, int panel, int N, int first, int depth, F* to)
    {
        const int Run = 128; // read side by side, so that the processor sees a stream coming, while what is written stays in the first cache
        var width = PanelWidth;
        var from = b.Data + panel * width * b.ColumnStride + first * b.RowStride;
        var columns = Math.Min(width, N - panel * width);
        if (b.ColumnStride == 1 && columns == width)
        {
            for (var k = 0; k < depth; k++, from += b.RowStride, to += width)
            {
                S.Store(S.Load(from), to);
                S.Store(S.Load(from + S.Lanes), to + S.Lanes);
            }

            return;
        }

        if (columns % S.Lanes != 0)
            new Span<F>(to, width * depth).Clear();
        if (b.ColumnStride == 1)
        {
            for (var k = 0; k < depth; k++, from += b.RowStride, to += width)
                new Span<F>(from, columns).CopyTo(new Span<F>(to, columns));
            return;
        }

        for (var k = 0; k < depth; k += Run)
            Transposition<F>.Copy(from + k, b.ColumnStride, columns, Math.Min(Run, depth - k), to + (nint)k * width, width);
    }

    /// <summary>Rows of A that lie side by side in memory, as columns do, become tiles, [K][rows], as far as there are rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTiles(Matrix block, int rows, int depth, F* to)
    {
        for (var row = 0; row < rows; row += TileRows)
        {
            var count = Math.Min(TileRows, rows - row);
            var from = block.Data + row;
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
}
