using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// One item of work is one sequence and one key-value head with the query heads that share it, so no two items write the same
// gradient. Queries are taken as many at a time as a tile has columns, W, and stand side by side as columns: the scores of a block,
// (S, W), are a product of the keys, where they lie, with the block's queries, and softmax runs down the columns, W at once, without
// ever adding up a register's lanes. The probabilities are then the right factor as they lie: values, read as (D, S), times (S, W)
// are the outputs, again as columns. Scores exist for one block at a time, so memory grows with T, not with its square.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    /// <summary>Fewer queries than this leave a tile's columns mostly empty: each is then attended by itself.</summary>
    private const int QueriesWorthATile = 3;

    /// <summary>Where one item's tensors lie, for the forward and the backward pass alike.</summary>
    private readonly struct AttentionLayout
    {
        public readonly int T;       // new positions
        public readonly int Past;    // positions before them
        public readonly int Window;  // positions before its own that a query attends to
        public readonly int D;       // head size
        public readonly int Shared;  // query heads a key-value head
        public readonly int Groups;  // key-value heads, G
        public readonly int RowQkv;  // elements from one position to the next in qkv
        public readonly int RowY;    // and in y
        public readonly int PaddedD; // D rounded up to panels
        public readonly long Queries; // B·H·T
        public readonly F Scale;     // of scores

        public AttentionLayout(in CausalAttention operation)
        {
            T = operation.Qkv.Shape[1];
            Past = operation.Past;
            Window = operation.Window;
            D = operation.HeadSize;
            Groups = operation.KeyValueHeads;
            Shared = operation.Heads / Groups;
            RowQkv = operation.Qkv.Shape.Last;
            RowY = operation.Y.Shape.Last;
            PaddedD = (D + PanelWidth - 1) / PanelWidth * PanelWidth;
            Queries = (long)operation.Qkv.Shape[0] * operation.Heads * T;
            Scale = F.CreateTruncating(operation.Scale);
        }

        public int Positions => Past + T;

        /// <summary>
        /// Whether a head's numbers lie in whole registers of their row, alone or beside those of other heads: its rows are then the right
        /// factor of a product where they lie.
        /// </summary>
        public bool InWholeRegisters =>
            Heads * D % S.Lanes == 0 && (D % S.Lanes == 0 || (Shared == 1 && S.Lanes % D == 0));

        /// <summary>Whether rows of a head are whole registers and nothing else: sums over keys are then made as rows, where they belong.</summary>
        public bool HasWholeRows => D % S.Lanes == 0;

        public int Heads => Groups * Shared;

        /// <summary>The first position that a query at a position attends to.</summary>
        public int FirstKey(int position) => Math.Max(0, position - Window);

        public int KeyOffset(int group) => (Heads + group) * D;

        public int ValueOffset(int group) => (Heads + Groups + group) * D;
    }

    internal override void Forward(in CausalAttention operation)
    {
        var layout = new AttentionLayout(operation);
        var keys = Data(operation.CachedKeys, null);
        var values = Data(operation.CachedValues, null);
        var capacity = operation.CachedKeys?.Shape[1] ?? 0;
        var work = new AttentionForward(layout, Data(operation.Qkv), keys, values, capacity, Data(operation.Normalizers), Data(operation.Y));
        Spread(
            work, operation.Qkv.Shape[0] * layout.Groups, 2L * layout.Shared * layout.T * layout.Positions * layout.D,
            work.ScratchBytes);
    }

    internal override void Backward(in CausalAttention operation)
    {
        var qkv = operation.Qkv;
        if (!qkv.RequiresGrad)
            return;
        var layout = new AttentionLayout(operation);
        var add = qkv.BeginGrad();
        var work = new AttentionBackward(
            layout, Data(qkv), Data(operation.Normalizers), Data(operation.Y.Grad!), Data(qkv.Grad), add);
        Spread(work, qkv.Shape[0] * layout.Groups, 5L * layout.Shared * layout.T * layout.T * layout.D, work.ScratchBytes);
    }

    private readonly struct AttentionForward(
        AttentionLayout layout, F* qkv, F* cachedKeys, F* cachedValues, int capacity, F* normalizers, F* y) : IWork
    {
        /// <summary>queries and outputs as columns (D, W), scores (S, W), inverse sums and maxima (W)</summary>
        public int ScratchBytes => checked(PanelWidth * (layout.Positions + 2 * layout.D + 2) * sizeof(F));

        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var (b, group) = (item / layout.Groups, item % layout.Groups);
                var rows = qkv + (long)b * layout.T * layout.RowQkv;
                var stride = Sources(rows, b, group, out var keys, out var values);
                if (layout.T < QueriesWorthATile)
                    AttendOneByOne(rows, b, group, keys, values, stride, (F*)scratch);
                else
                    Attend(rows, b, group, keys, values, stride, (F*)scratch);
            }
        }

        private void Attend(F* rows, int b, int group, F* keys, F* values, int stride, F* scratch)
        {
            var D = layout.D;
            var queries = scratch;
            var outputs = queries + PanelWidth * D;
            var inverseSums = outputs + PanelWidth * D;
            var maxima = inverseSums + PanelWidth;
            var scores = maxima + PanelWidth;
            for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
            {
                for (var t = 0; t < layout.T; t += PanelWidth)
                {
                    var count = Math.Min(PanelWidth, layout.T - t);
                    var start = layout.FirstKey(layout.Past + t); // keys and values before it are out of every query's window
                    var first = layout.Past + t - start;
                    var seen = first + count;
                    var row = ((long)b * layout.Heads + head) * layout.T + t;
                    Columns(rows + (nint)t * layout.RowQkv + head * D, layout.RowQkv, count, D, queries);
                    Scores(keys + (nint)start * stride, stride, seen, first, queries, count, D, scores);
                    HideOld(scores, first, count, layout.Window);
                    Softmax(scores, seen, first, count, layout.Scale, inverseSums, maxima);
                    var to = y + ((long)b * layout.T + t) * layout.RowY + head * D;
                    if (layout.HasWholeRows)
                    {
                        CombineRows(values + (nint)start * stride, stride, first, scores, count, D, to, layout.RowY, null);
                        ScaleRows(to, layout.RowY, count, D, inverseSums);
                    }
                    else
                    {
                        Combine(values + (nint)start * stride, stride, seen, scores, count, D, outputs);
                        ScaleColumns(outputs, count, D, inverseSums);
                        Transposition<F>.Copy(outputs, PanelWidth, D, count, to, layout.RowY);
                    }

                    new Span<F>(maxima, count).CopyTo(new Span<F>(normalizers + row, count));
                    new Span<F>(inverseSums, count).CopyTo(new Span<F>(normalizers + layout.Queries + row, count));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ScaleRows(F* rows, nint stride, int count, int D, F* factors)
        {
            for (var i = 0; i < count; i++, rows += stride)
            {
                var factor = S.Broadcast(factors[i]);
                for (var d = 0; d < D; d += S.Lanes)
                    S.Store(S.Multiply(S.Load(rows + d), factor), rows + d);
            }
        }

        private static void ScaleColumns(F* columns, int count, int D, F* factors)
        {
            for (var d = 0; d < D; d++, columns += PanelWidth)
            {
                for (var half = 0; half < count; half += S.Lanes)
                    S.Store(S.Multiply(S.Load(columns + half), S.Load(factors + half)), columns + half);
            }
        }

        /// <summary>A single position behind a cache: dot products with the keys and a weighted sum of the values, where they lie.</summary>
        private void AttendOneByOne(F* rows, int b, int group, F* keys, F* values, int stride, F* scores)
        {
            var D = layout.D;
            for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
            {
                for (var t = 0; t < layout.T; t++)
                {
                    var start = layout.FirstKey(layout.Past + t);
                    var seen = layout.Past + t + 1 - start;
                    var q = rows + (nint)t * layout.RowQkv + head * D;
                    for (var s = 0; s < seen; s++)
                        scores[s] = VectorMath<S, V, F>.Dot(q, keys + (nint)(start + s) * stride, D);
                    var max = layout.Scale * VectorMath<S, V, F>.Max(scores, seen);
                    var sum = VectorMath<S, V, F>.ExpAndSum(scores, layout.Scale, max, seen);
                    var to = y + ((long)b * layout.T + t) * layout.RowY + head * D;
                    for (var s = 0; s < seen; s++)
                        VectorMath<S, V, F>.Scale(scores[s] / sum, values + (nint)(start + s) * stride, to, D, add: s > 0);
                    var row = ((long)b * layout.Heads + head) * layout.T + t;
                    (normalizers[row], normalizers[layout.Queries + row]) = (max, F.One / sum);
                }
            }
        }

        /// <summary>Keys and values of all positions; with a cache, after the new ones have been written behind the old.</summary>
        /// <returns>Elements from one position to the next.</returns>
        private int Sources(F* rows, int b, int group, out F* keys, out F* values)
        {
            keys = rows + layout.KeyOffset(group);
            values = rows + layout.ValueOffset(group);
            if (cachedKeys is null)
                return layout.RowQkv;

            var D = layout.D;
            var stride = layout.Groups * D;
            var start = (long)b * capacity * stride + group * D;
            for (var t = 0; t < layout.T; t++)
            {
                var to = start + (long)(layout.Past + t) * stride;
                new Span<F>(keys + (long)t * layout.RowQkv, D).CopyTo(new Span<F>(cachedKeys + to, D));
                new Span<F>(values + (long)t * layout.RowQkv, D).CopyTo(new Span<F>(cachedValues + to, D));
            }

            keys = cachedKeys + start;
            values = cachedValues + start;
            return stride;
        }

        /// <summary>Down every column, scores ← exp(scale·score − max), zero where the key is later than the query.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Softmax(F* scores, int seen, int first, int count, F scale, F* inverseSums, F* maxima)
        {
            var scales = S.Broadcast(scale);
            for (var half = 0; half < count; half += S.Lanes)
            {
                var lanes = S.Add(S.Indices, S.Broadcast(F.CreateTruncating(half)));
                var never = S.Broadcast(F.NegativeInfinity);
                var column = scores + half;
                var last = Math.Min(seen, first + half + S.Lanes); // no query of this half sees the keys behind
                var max = S.Load(column);
                var s = 1;
                for (; s <= first; s++)
                    max = S.Max(max, S.Load(column + (nint)s * PanelWidth));
                for (; s < last; s++)
                {
                    var to = column + (nint)s * PanelWidth;
                    var masked = S.SelectGreater(S.Broadcast(F.CreateTruncating(s - first)), lanes, never, S.Load(to));
                    S.Store(masked, to);
                    max = S.Max(max, masked);
                }

                max = S.Multiply(max, scales);
                V sum = default;
                for (s = 0; s < last; s++)
                {
                    var to = column + (nint)s * PanelWidth;
                    var e = VectorMath<S, V, F>.Exp(S.Subtract(S.Multiply(S.Load(to), scales), max));
                    S.Store(e, to);
                    sum = S.Add(sum, e);
                }

                for (; s < seen; s++)
                    S.Store(default, column + (nint)s * PanelWidth);

                S.Store(S.Divide(S.Broadcast(F.One), sum), inverseSums + half);
                S.Store(max, maxima + half);
            }
        }
    }

    // With p the probabilities of query t and dp_s = dy·v_s, δ = Σ p_s dp_s:
    // ds_s = scale · p_s (dp_s − δ);  dq = Σ ds_s k_s;  dk_s += ds_s q;  dv_s += p_s dy.
    private readonly struct AttentionBackward(AttentionLayout layout, F* qkv, F* normalizers, F* dy, F* dQkv, bool add) : IWork
    {
        /// <summary>
        /// dk and dv (S, padded D), p and ds (S, W), q, dy and dq as columns (D, W), q or dy as panels (D / W, W, W),
        /// maxima and inverse sums (W)
        /// </summary>
        public int ScratchBytes => checked(
            (2 * layout.T * (layout.PaddedD + PanelWidth) + PanelWidth * (3 * layout.D + layout.PaddedD + 2)) * sizeof(F));

        public void Run(int begin, int end, byte* scratch)
        {
            var (T, D, paddedD, stride) = (layout.T, layout.D, layout.PaddedD, layout.RowQkv);
            var dKeys = (F*)scratch;
            var dValues = dKeys + (nint)T * paddedD;
            var p = dValues + (nint)T * paddedD;
            var ds = p + (nint)T * PanelWidth;
            var qColumns = ds + (nint)T * PanelWidth;
            var dyColumns = qColumns + PanelWidth * D;
            var dqColumns = dyColumns + PanelWidth * D;
            var panels = dqColumns + PanelWidth * D;
            var maxima = panels + PanelWidth * paddedD;
            var inverseSums = maxima + PanelWidth;
            for (var item = begin; item < end; item++)
            {
                var (b, group) = (item / layout.Groups, item % layout.Groups);
                var rows = qkv + (long)b * T * stride;
                var dRows = dQkv + (long)b * T * stride;
                var keys = rows + layout.KeyOffset(group);
                var offset = layout.InWholeRegisters ? group * D % S.Lanes : 0; // of dk and dv in their registers
                for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
                {
                    for (var t = 0; t < T; t += PanelWidth)
                    {
                        var count = Math.Min(PanelWidth, T - t);
                        var start = layout.FirstKey(t);
                        var first = t - start;
                        var seen = first + count;
                        var q = rows + (nint)t * stride + head * D;
                        var dq = dRows + (nint)t * stride + head * D;
                        var dyRows = dy + ((long)b * T + t) * layout.RowY + head * D;
                        Columns(q, stride, count, D, qColumns);
                        Columns(dyRows, layout.RowY, count, D, dyColumns);
                        var row = normalizers + ((long)b * layout.Heads + head) * T + t;
                        new Span<F>(row, count).CopyTo(new Span<F>(maxima, PanelWidth));
                        new Span<F>(row + layout.Queries, count).CopyTo(new Span<F>(inverseSums, PanelWidth));

                        Scores(keys + (nint)start * stride, stride, seen, first, qColumns, count, D, p);
                        Scores(rows + layout.ValueOffset(group) + (nint)start * stride, stride, seen, first, dyColumns, count, D, ds);
                        HideOld(p, first, count, layout.Window);
                        ScoreGradient(p, ds, seen, first, count, layout.Scale, maxima, inverseSums);
                        var old = head == group * layout.Shared ? first : seen; // rows of dk and dv that hold something
                        var dK = dKeys + (nint)start * paddedD;
                        var dV = dValues + (nint)start * paddedD;
                        if (layout.InWholeRegisters)
                        {
                            Scatter(ds, seen, first, old, q - offset, stride, false, count, dK);
                            Scatter(p, seen, first, old, dyRows - offset, layout.RowY, false, count, dV);
                        }
                        else
                        {
                            PackPanels(q, stride, count, D, panels);
                            Scatter(ds, seen, first, old, panels, PanelWidth, true, count, dK);
                            PackPanels(dyRows, layout.RowY, count, D, panels);
                            Scatter(p, seen, first, old, panels, PanelWidth, true, count, dV);
                        }

                        if (layout.HasWholeRows)
                        {
                            CombineRows(keys + (nint)start * stride, stride, first, ds, count, D, dq, stride, add ? dq : null);
                            continue;
                        }

                        Combine(keys + (nint)start * stride, stride, seen, ds, count, D, dqColumns);
                        if (add) // by way of the columns of q, which have served
                        {
                            Transposition<F>.Copy(dqColumns, PanelWidth, D, count, qColumns, D);
                            Place(qColumns, D, count, D, dq, stride, add);
                        }
                        else
                        {
                            Transposition<F>.Copy(dqColumns, PanelWidth, D, count, dq, stride);
                        }
                    }
                }

                Place(dKeys + offset, paddedD, T, D, dRows + layout.KeyOffset(group), stride, add);
                Place(dValues + offset, paddedD, T, D, dRows + layout.ValueOffset(group), stride, add);
            }
        }

        /// <summary>Rows become, or are added to, rows elsewhere.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Place(F* rows, nint rowStride, int count, int D, F* to, nint stride, bool add)
        {
            for (var i = 0; i < count; i++, rows += rowStride, to += stride)
            {
                var d = 0;
                for (; d <= D - S.Lanes; d += S.Lanes)
                    S.Store(add ? S.Add(S.Load(to + d), S.Load(rows + d)) : S.Load(rows + d), to + d);
                for (; d < D; d++)
                    to[d] = add ? to[d] + rows[d] : rows[d];
            }
        }

        /// <summary>Down every column, from raw scores and dp: p ← exp(scale·score − max) / sum, ds ← scale·p (dp − δ).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ScoreGradient(F* p, F* ds, int seen, int first, int count, F scale, F* maxima, F* inverseSums)
        {
            var scales = S.Broadcast(scale);
            for (var half = 0; half < count; half += S.Lanes)
            {
                var lanes = S.Add(S.Indices, S.Broadcast(F.CreateTruncating(half)));
                var shift = S.Load(maxima + half);
                var factor = S.Load(inverseSums + half);
                V delta = default;
                var last = Math.Min(seen, first + half + S.Lanes); // no query of this half sees the keys behind
                for (var s = 0; s < last; s++)
                {
                    var at = (nint)s * PanelWidth + half;
                    var e = S.Multiply(VectorMath<S, V, F>.Exp(S.Subtract(S.Multiply(S.Load(p + at), scales), shift)), factor);
                    if (s > first)
                        e = S.SelectGreater(S.Broadcast(F.CreateTruncating(s - first)), lanes, default, e);
                    S.Store(e, p + at);
                    delta = S.MultiplyAdd(e, S.Load(ds + at), delta);
                }

                for (var s = 0; s < last; s++)
                {
                    var at = (nint)s * PanelWidth + half;
                    S.Store(S.Multiply(S.Multiply(S.Load(p + at), scales), S.Subtract(S.Load(ds + at), delta)), ds + at);
                }

                for (var s = last; s < seen; s++)
                {
                    S.Store(default, p + (nint)s * PanelWidth + half);
                    S.Store(default, ds + (nint)s * PanelWidth + half);
                }
            }
        }

        /// <summary>
        /// sums (S, padded D) = scores (S, W) · rows (count, D), added to the first <paramref name="old"/> of the sums. Rows of queries
        /// before a tile's first key are left out.
        /// </summary>
        private void Scatter(F* scores, int seen, int first, int old, F* rows, nint rowStride, bool panels, int count, F* sums)
        {
            var width = (layout.D + S.Lanes - 1) / S.Lanes * S.Lanes;
            for (var d = 0; d < width; d += PanelWidth)
            {
                var panel = rows + (panels ? d * count : d);
                for (int s = 0, tileRows; s < seen; s += tileRows)
                {
                    tileRows = Math.Min(Tiles<S, V, F>.Rows, (s < old ? old : seen) - s);
                    var to = sums + (nint)s * layout.PaddedD + d;
                    var before = Math.Max(0, s - first);
                    Tiles<S, V, F>.Multiply(
                        scores + (nint)s * PanelWidth + before, PanelWidth, 1, tileRows, panel + before * rowStride, rowStride,
                        Math.Min(PanelWidth, width - d), count - before, to, layout.PaddedD, s < old ? to : null, null);
                }
            }
        }
    }

    /// <summary>
    /// Scores of keys that are out of a query's window become −∞. The block's first query stands at row <paramref name="first"/>; row s
    /// is out of the window of column j if first + j − s &gt; window.
    /// </summary>
    private static void HideOld(F* scores, int first, int count, int window)
    {
        var never = S.Broadcast(F.NegativeInfinity);
        for (var s = 0; s < first + count - 1 - (long)window; s++)
        {
            var last = S.Broadcast(F.CreateTruncating(s + window - first)); // the last column that sees the row
            for (var half = 0; half < count; half += S.Lanes)
            {
                var lanes = S.Add(S.Indices, S.Broadcast(F.CreateTruncating(half)));
                var to = scores + (nint)s * PanelWidth + half;
                S.Store(S.SelectGreater(lanes, last, never, S.Load(to)), to);
            }
        }
    }

    /// <summary>Rows of D become columns: (count, D) → (D, W). What stands behind the last is arbitrary, and stays in its columns.</summary>
    private static void Columns(F* rows, nint stride, int count, int D, F* columns) =>
        Transposition<F>.Copy(rows, stride, count, D, columns, PanelWidth);

    /// <summary>Rows of D become panels: (count, D) → (D / W, count, W), zeros behind the last element of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanels(F* rows, nint stride, int count, int D, F* panels)
    {
        for (var d = 0; d < D; d += PanelWidth)
        {
            var width = Math.Min(PanelWidth, D - d);
            for (var i = 0; i < count; i++, panels += PanelWidth)
            {
                var from = rows + i * stride + d;
                if (width == PanelWidth)
                {
                    S.Store(S.Load(from), panels);
                    S.Store(S.Load(from + S.Lanes), panels + S.Lanes);
                    continue;
                }

                S.Store(default, panels);
                S.Store(default, panels + S.Lanes);
                for (var j = 0; j < width; j++)
                    panels[j] = from[j];
            }
        }
    }

    /// <summary>
    /// scores (S, W) = rows (S, D) · columns (D, W), of which the block's first query stands at row <paramref name="first"/>. Scores of
    /// keys that no query of a register sees are left out.
    /// </summary>
    private static void Scores(F* rows, nint stride, int seen, int first, F* columns, int count, int D, F* scores)
    {
        for (var s = 0; s < seen; s += Tiles<S, V, F>.Rows)
        {
            var before = Math.Max(0, s - first) / S.Lanes * S.Lanes;
            Tiles<S, V, F>.Multiply(
                rows + s * stride, stride, 1, Math.Min(Tiles<S, V, F>.Rows, seen - s), columns + before, PanelWidth, count - before, D,
                scores + (nint)s * PanelWidth + before, PanelWidth, null, null);
        }
    }

    /// <summary>
    /// sums (count, D) = start + weights (S, W), read as (W, S), · rows (S, D) of whole registers. Keys behind a tile's last query are left out.
    /// </summary>
    private static void CombineRows(F* rows, nint stride, int first, F* weights, int count, int D, F* sums, nint sumStride, F* start)
    {
        for (var i = 0; i < count; i += Tiles<S, V, F>.Rows)
        {
            var tileRows = Math.Min(Tiles<S, V, F>.Rows, count - i);
            for (var d = 0; d < D; d += PanelWidth)
            {
                var to = i * sumStride + d;
                Tiles<S, V, F>.Multiply(
                    weights + i, 1, PanelWidth, tileRows, rows + d, stride, Math.Min(PanelWidth, D - d), first + i + tileRows, sums + to,
                    sumStride, start is null ? null : start + to, null);
            }
        }
    }

    /// <summary>sums (D, W) = rows (S, D), read as (D, S), · weights (S, W).</summary>
    private static void Combine(F* rows, nint stride, int seen, F* weights, int count, int D, F* sums)
    {
        for (var d = 0; d < D; d += Tiles<S, V, F>.Rows)
        {
            Tiles<S, V, F>.Multiply(
                rows + d, 1, stride, Math.Min(Tiles<S, V, F>.Rows, D - d), weights, PanelWidth, count, seen,
                sums + d * PanelWidth, PanelWidth, null, null);
        }
    }
}
