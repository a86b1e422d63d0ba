using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// Matrix products. A factor whose numbers lie side by side across the sum, line by line, is read where it lies if its lines are near
// each other. Otherwise B is packed into panels as wide as a tile, [N / 2L][K][2L], so that the inner loop reads it from front to back,
// and A into tiles, [M / rows][K][rows], unless its rows lie side by side.
// An item of work is a block of rows and some panels. Where A is tall, all of B is packed first and each item packs its own block
// of A; where A is short, each item packs its own panel of B, in its core's cache and never to memory.
// Long sums are cut every DepthOfBlock terms, so that a panel's part and the block stay in the second cache.
// A weight's gradient is a sum over the rows of a batch, half of which were written by half of the threads. It is made in two halves, each in
// its own memory, so that threads read the rows that lie in their own caches.
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

    /// <summary>Sums over rows are made in two halves if the factors have so many times as many numbers as there are sums to add up.</summary>
    private const int FactorsWorthHalving = 4;

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
            var small = new MultiplyWork(a, b, null, c, start, bias, M, N, K, M, panels, secondHalf: null);
            _team.Run(small, 1, 1, small.ScratchBytes);
            return;
        }

        var packsTiles = PacksTiles(a, K);
        lock (_packing)
        {
            var isShort = M <= RowsOfShort && N >= M && panels >= PanelsOfShort && !packsTiles;
            var packs = !isShort && !(IsNear(b) && N % S.Lanes == 0);
            var halves = IsWorthHalving(a, M, N, K);
            var ofPanels = packs ? (long)panels * PanelWidth * K : 0;
            var room = Room(ofPanels + (halves ? (long)M * N : 0));
            if (packs)
                Spread(new PackPanelsWork(b, room, N, K), panels, (long)PanelWidth * K * 4);

            var secondHalf = halves ? room + ofPanels : null;
            var (rows, panelsOfItem) = isShort
                ? (RowsOfShortItem(M, panels), 1)
                : Divide(M, panels, K, a.ColumnStride != 1 || RowsCollide(a, K));
            var work = new MultiplyWork(a, b, packs ? room : null, c, start, bias, M, N, K, rows, panelsOfItem, secondHalf);
            _team.Run(work, work.Items, 1, work.ScratchBytes);
            if (halves)
                Map<First>(secondHalf, secondHalf, c, M * N, add: true);
        }
    }

    /// <summary>Whether the sum is made in two halves: it runs over rows, of which each half of the threads has written half.</summary>
    private static bool IsWorthHalving(Matrix a, int M, int N, int K) =>
        a.ColumnStride != 1 && ((long)M + N) * K >= (long)FactorsWorthHalving * M * N;

    /// <summary>Memory for so many numbers, packed or to be added; only for who holds <see cref="_packing"/>.</summary>
    private F* Room(long numbers)
    {
        if (_packed.Bytes < numbers * sizeof(F))
            _packed = Allocate(numbers * sizeof(F), clear: false);
        return (F*)_packed.Pointer;
    }

    private static int RowsOfShortItem(int M, int panels)
    {
        var rows = M;
        while (rows > RowsOfBlock && (M + rows - 1) / rows * panels < ItemsWanted / 2)
            rows = (rows / 2 + TileRows - 1) / TileRows * TileRows;
        return rows;
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
        Matrix a, Matrix b, F* panels, F* c, F* start, F* bias, int M, int N, int K, int rows, int panelsOfItem, F* secondHalf) : IWork
    {
        private int Panels => (N + PanelWidth - 1) / PanelWidth;

        private int Groups => (Panels + panelsOfItem - 1) / panelsOfItem;

        private int ItemsOfHalf => (M + rows - 1) / rows * Groups;

        public int Items => secondHalf is null ? ItemsOfHalf : 2 * ItemsOfHalf;

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
            var (groups, itemsOfHalf) = (Groups, ItemsOfHalf);
            for (var item = begin; item < end; item++)
            {
                var isSecond = item >= itemsOfHalf;
                var place = isSecond ? item - itemsOfHalf : item;
                var firstRow = place / groups * rows;
                var firstPanel = place % groups * panelsOfItem;
                var lastRow = Math.Min(firstRow + rows, M);
                var lastPanel = Math.Min(firstPanel + panelsOfItem, Panels);
                var depth = isSecond ? K / 2 : 0;
                var to = isSecond ? secondHalf : c;
                var from = isSecond ? null : start;
                var last = secondHalf is null || isSecond ? K : K / 2;
                do
                {
                    Block(firstRow, lastRow, firstPanel, lastPanel, depth, Math.Min(DepthOfBlock, last - depth), to, from, (F*)scratch);
                    depth += DepthOfBlock;
                    from = to;
                }
                while (depth < last);
            }
        }

        /// <summary>To = from + the part of the sums from <paramref name="first"/> on, <paramref name="depth"/> terms of it.</summary>
        private void Block(
            int firstRow, int lastRow, int firstPanel, int lastPanel, int first, int depth, F* to, F* from, F* scratch)
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
                    var place = (nint)row * N + column;
                    if (columns % S.Lanes == 0)
                    {
                        Tiles<S, V, F>.Multiply(
                            tileOfA, block.RowStride, block.ColumnStride, tileRows, partOfB, strideOfB, columns, depth, to + place, N,
                            from is null ? null : from + place, addend);
                        continue;
                    }

                    Tiles<S, V, F>.Multiply(
                        tileOfA, block.RowStride, block.ColumnStride, tileRows, partOfB, strideOfB, columns, depth, scratch, PanelWidth, null,
                        null);
                    StorePart(scratch, to + place, from is null ? null : from + place, addend, tileRows, columns);
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
