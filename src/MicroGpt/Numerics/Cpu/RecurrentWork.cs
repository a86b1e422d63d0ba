namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private readonly struct RecurrentForwardWork<TCell>(
        F* packed, F* gates, F* bias, F* state, F* previous, F* kept, F* y, int B, int T, int H) : IWork
        where TCell : struct, ICell
    {
        private int Gates => TCell.Kind.Gates() * H;

        private int Kept => TCell.Kind.Kept() * H;

        /// <summary>b, and of each row p, h and c.</summary>
        public int ScratchBytes => checked((StrideOf(Gates) * (1 + MostRowsOf(B)) + 2 * StrideOf(H) * MostRowsOf(B)) * sizeof(F));

        public void Run(int begin, int end, byte* scratch)
        {
            var b = (F*)scratch;
            new Span<F>(b, StrideOf(Gates)).Clear();
            if (bias is not null)
                CopyRow(bias, b, Gates);
            var p = b + StrideOf(Gates);
            var h = p + StrideOf(Gates) * MostRowsOf(B);
            for (var item = begin; item < end; item++)
                Rows(RowsOf(item, B), b, p, h, h + StrideOf(H) * MostRowsOf(B));
        }

        private void Rows((int First, int End) rows, F* b, F* p, F* h, F* c)
        {
            ReadState(rows, h, c);
            for (var t = 0; t < T; t++)
            {
                MultiplyRows(h, rows.End - rows.First, packed, Gates, H, p, null, b);
                for (var row = rows.First; row < rows.End; row++)
                {
                    var (i, position) = (row - rows.First, (nint)row * T + t);
                    var hOfRow = h + i * StrideOf(H);
                    CopyRow(hOfRow, previous + position * H, H);
                    TCell.Forward(H, gates + position * Gates, p + i * StrideOf(Gates), hOfRow, c + i * StrideOf(H), kept + position * Kept);
                    CopyRow(hOfRow, y + position * H, H);
                }
            }

            if (state is not null)
                WriteState(rows, h, c);
        }

        private void ReadState((int First, int End) rows, F* h, F* c)
        {
            new Span<F>(h, 2 * StrideOf(H) * MostRowsOf(B)).Clear(); // c lies behind h
            if (state is null)
                return;
            for (var row = rows.First; row < rows.End; row++)
            {
                var (from, to) = ((nint)row * TCell.Kind.StateSize(H), (row - rows.First) * StrideOf(H));
                CopyRow(state + from, h + to, H);
                if (TCell.Kind == RecurrentCell.Lstm)
                    CopyRow(state + from + H, c + to, H);
            }
        }

        private void WriteState((int First, int End) rows, F* h, F* c)
        {
            for (var row = rows.First; row < rows.End; row++)
            {
                var (from, to) = ((row - rows.First) * StrideOf(H), (nint)row * TCell.Kind.StateSize(H));
                CopyRow(h + from, state + to, H);
                if (TCell.Kind == RecurrentCell.Lstm)
                    CopyRow(c + from, state + to + H, H);
            }
        }
    }

    private readonly struct RecurrentBackwardWork<TCell>(
        F* packed, F* kept, F* y, F* previous, F* dy, F* dGates, bool add, F* deltas, int B, int T, int H) : IWork
        where TCell : struct, ICell
    {
        private int Gates => TCell.Kind.Gates() * H;

        private int Kept => TCell.Kind.Kept() * H;

        /// <summary>Of each row dp, dh and dc.</summary>
        public int ScratchBytes => checked((StrideOf(Gates) + 2 * StrideOf(H)) * MostRowsOf(B) * sizeof(F));

        public void Run(int begin, int end, byte* scratch)
        {
            var dp = (F*)scratch;
            var dh = dp + StrideOf(Gates) * MostRowsOf(B);
            for (var item = begin; item < end; item++)
                Rows(RowsOf(item, B), dp, dh, dh + StrideOf(H) * MostRowsOf(B));
        }

        private void Rows((int First, int End) rows, F* dp, F* dh, F* dc)
        {
            new Span<F>(dp, (StrideOf(Gates) + 2 * StrideOf(H)) * MostRowsOf(B)).Clear(); // dh and dc lie behind dp
            for (var t = T - 1; t >= 0; t--)
            {
                for (var row = rows.First; row < rows.End; row++)
                {
                    var (i, position) = (row - rows.First, (nint)row * T + t);
                    F* dpOfRow = dp + i * StrideOf(Gates), dhOfRow = dh + i * StrideOf(H);
                    VectorMath<S, V, F>.Scale(F.One, dy + position * H, dhOfRow, H, add: true);
                    TCell.Backward(
                        H, dhOfRow, dc + i * StrideOf(H), kept + position * Kept, y + position * H, previous + position * H,
                        dGates is null ? null : dGates + position * Gates, add, dpOfRow);
                    CopyRow(dpOfRow, deltas + position * Gates, Gates);
                }

                MultiplyRows(dp, rows.End - rows.First, packed, H, Gates, dh, dh, null); // dh += dp W
            }
        }
    }
}
