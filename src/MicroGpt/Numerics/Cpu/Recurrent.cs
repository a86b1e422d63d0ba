namespace MicroGpt.Numerics.Cpu;

// The loop over time runs inside an item of work, which has some rows of the batch to itself: threads meet once a layer, not once a
// position. The matrix is packed once a layer; the state of an item's rows lies in the thread's own memory.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Recurrent operation)
    {
        switch (operation.Cell)
        {
            case RecurrentCell.Rnn: RecurrentForward<RnnCell>(operation); break;
            case RecurrentCell.Gru: RecurrentForward<GruCell>(operation); break;
            default: RecurrentForward<LstmCell>(operation); break;
        }
    }

    internal override void Backward(in Recurrent operation)
    {
        switch (operation.Cell)
        {
            case RecurrentCell.Rnn: RecurrentBackward<RnnCell>(operation); break;
            case RecurrentCell.Gru: RecurrentBackward<GruCell>(operation); break;
            default: RecurrentBackward<LstmCell>(operation); break;
        }
    }

    /// <summary>A cell at one position of one row; every pointer leads to its numbers.</summary>
    private interface ICell
    {
        static abstract RecurrentCell Kind { get; }

        /// <summary>From h (and c) to the next, from the inputs' part a of the gates and the state's part p.</summary>
        static abstract void Forward(int H, F* a, F* p, F* h, F* c, F* kept);

        /// <summary>
        /// From the gradient dh of what the position made (and dc) to those of a, where one is wanted, and p; and to what of dh reaches
        /// the state before without the matrix.
        /// </summary>
        static abstract void Backward(int H, F* dh, F* dc, F* kept, F* y, F* previous, F* da, bool add, F* dp);
    }

    private void RecurrentForward<TCell>(in Recurrent operation) where TCell : struct, ICell
    {
        var (B, T, H) = (operation.Y.Shape[0], operation.Y.Shape[1], operation.Y.Shape.Last);
        var G = TCell.Kind.Gates();
        lock (_packing)
        {
            var packed = PackWeight(Matrix.RowMajor(Data(operation.Weight), H).Transposed, G * H, H);
            var work = new RecurrentForwardWork<TCell>(
                packed, Data(operation.Gates), Data(operation.Bias, null), Data(operation.State, null), Data(operation.Previous),
                Data(operation.Kept), Data(operation.Y), B, T, H);
            Spread(work, ItemsOf(B), (long)MostRowsOf(B) * T * G * H * H, work.ScratchBytes);
        }
    }

    private void RecurrentBackward<TCell>(in Recurrent operation) where TCell : struct, ICell
    {
        var (B, T, H) = (operation.Y.Shape[0], operation.Y.Shape[1], operation.Y.Shape.Last);
        var G = TCell.Kind.Gates();
        var deltas = Data(operation.Deltas!);
        var dGates = BeginGrad(operation.Gates, out var add);
        lock (_packing)
        {
            var packed = PackWeight(Matrix.RowMajor(Data(operation.Weight), H), H, G * H);
            var work = new RecurrentBackwardWork<TCell>(
                packed, Data(operation.Kept), Data(operation.Y), Data(operation.Previous), Data(operation.Y.Grad!), dGates, add, deltas, B, T, H);
            Spread(work, ItemsOf(B), (long)MostRowsOf(B) * T * G * H * H, work.ScratchBytes);
        }

        // All positions of all rows at once: dW = dpᵀ h, db = Σ dp
        if (BeginGrad(operation.Weight, out var addWeight) is var dw && dw is not null)
            Multiply(
                Matrix.RowMajor(deltas, G * H).Transposed, Matrix.RowMajor(Data(operation.Previous), H), dw, addWeight ? dw : null, null,
                G * H, H, B * T);
        if (BeginGrad(operation.Bias, out var addBias) is var db && db is not null)
            SumRows(deltas, db, B * T, G * H, addBias);
    }

    /// <summary>A K × N matrix in panels.</summary>
    private F* PackWeight(Matrix b, int N, int K)
    {
        var panels = (N + PanelWidth - 1) / PanelWidth;
        var packed = Room((long)panels * PanelWidth * K);
        Spread(new PackPanelsWork(b, packed, N, K), panels, (long)PanelWidth * K * 4);
        return packed;
    }

    /// <summary>An even number of items, of a tile's rows at most where there are more than a few.</summary>
    private static int ItemsOf(int B) => (B + 2 * TileRows - 1) / (2 * TileRows) * 2;

    /// <summary>The rows of an item.</summary>
    private static (int First, int End) RowsOf(int item, int B)
    {
        var items = ItemsOf(B);
        return ((int)((long)item * B / items), (int)((long)(item + 1) * B / items));
    }

    private static int MostRowsOf(int B) => (B + ItemsOf(B) - 1) / Math.Max(ItemsOf(B), 1);

    /// <summary>Numbers from one row in a thread's memory to the next: whole panels, and a line more so that rows don't share a cache set.</summary>
    private static int StrideOf(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth + Storage.Alignment / sizeof(F);

    /// <summary>c = start + bias + A·B, of a few rows in a thread's memory and a packed B of K × N.</summary>
    private static void MultiplyRows(F* a, int rows, F* packed, int N, int K, F* c, F* start, F* bias)
    {
        for (var column = 0; column < N; column += PanelWidth, packed += (nint)PanelWidth * K)
        {
            var columns = Math.Min(PanelWidth, (N - column + S.Lanes - 1) / S.Lanes * S.Lanes);
            for (var row = 0; row < rows; row += TileRows)
            {
                var to = (nint)row * StrideOf(N) + column;
                Tiles<S, V, F>.Multiply(
                    a + (nint)row * StrideOf(K), StrideOf(K), 1, Math.Min(TileRows, rows - row), packed, PanelWidth, columns, K, c + to, StrideOf(N),
                    start is null ? null : start + to, bias is null ? null : bias + column);
            }
        }
    }

    private static V LoadUpTo(F* from, int count) => count >= S.Lanes ? S.Load(from) : VectorMath<S, V, F>.LoadPartial(from, count);

    private static void StoreUpTo(V value, F* to, int count)
    {
        if (count >= S.Lanes)
            S.Store(value, to);
        else
            VectorMath<S, V, F>.StorePartial(value, to, count);
    }

    private static void StoreOrAdd(V value, F* to, int count, bool add) => StoreUpTo(add ? S.Add(LoadUpTo(to, count), value) : value, to, count);

    private static void CopyRow(F* from, F* to, int count) => new Span<F>(from, count).CopyTo(new Span<F>(to, count));
}
