using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// One item of work is one sequence and one key-value head with the query heads that share it, so no two items write the same
// gradient. Queries are taken as many at a time as a tile has columns, W, and stand side by side as columns: the scores of a block,
// (S, W), are a product of the keys, where they lie, with the block's queries, and softmax runs down the columns, W at once, without
// ever adding up a register's lanes. Read the other way round, (W, S), the same memory is the left factor of the product with the
// values. Scores exist for one block at a time, so memory grows with T, not with its square.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    /// <summary>Fewer queries than this leave a tile's columns mostly empty: each is then attended by itself.</summary>
    private const int QueriesWorthATile = 3;

    /// <summary>Where one item's tensors lie, for the forward and the backward pass alike.</summary>
    private readonly struct AttentionLayout
    {
        public readonly int T;       // new positions
        public readonly int Past;    // positions before them
        public readonly int D;       // head size
        public readonly int Shared;  // query heads a key-value head
        public readonly int Groups;  // key-value heads, G
        public readonly int RowQkv;  // elements from one position to the next in qkv
        public readonly int RowY;    // and in y
        public readonly int PaddedD; // D rounded up to panels
        public readonly F Scale;     // 1 / √D

        public AttentionLayout(in CausalAttention operation)
        {
            T = operation.Qkv.Shape[1];
            Past = operation.Past;
            D = operation.HeadSize;
            Groups = operation.KeyValueHeads;
            Shared = operation.Heads / Groups;
            RowQkv = operation.Qkv.Shape.Last;
            RowY = operation.Y.Shape.Last;
            PaddedD = (D + PanelWidth - 1) / PanelWidth * PanelWidth;
            Scale = F.CreateTruncating(1 / Math.Sqrt(D));
        }

        public int Positions => Past + T;

        public int Heads => Groups * Shared;

        public int KeyOffset(int group) => (Heads + group) * D;

        public int ValueOffset(int group) => (Heads + Groups + group) * D;
    }

    internal override void Forward(in CausalAttention operation)
    {
        var layout = new AttentionLayout(operation);
        var keys = Data(operation.CachedKeys, null);
        var values = Data(operation.CachedValues, null);
        var capacity = operation.CachedKeys?.Shape[1] ?? 0;
        var work = new AttentionForward(layout, Data(operation.Qkv), keys, values, capacity, Data(operation.LogSumExp), Data(operation.Y));
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
            layout, Data(qkv), Data(operation.LogSumExp), Data(operation.Y.Grad!), Data(qkv.Grad), add);
        Spread(work, qkv.Shape[0] * layout.Groups, 5L * layout.Shared * layout.T * layout.T * layout.D, work.ScratchBytes);
    }

    private readonly struct AttentionForward(
        AttentionLayout layout, F* qkv, F* cachedKeys, F* cachedValues, int capacity, F* logSumExp, F* y) : IWork
    {
        /// <summary>values (D / W, S, W), queries (D, W), scores (S, W), outputs (W, padded D), sums (W), maxima (W)</summary>
        public int ScratchBytes => checked(
            (layout.Positions * (layout.PaddedD + PanelWidth) + PanelWidth * (layout.D + layout.PaddedD + 2)) * sizeof(F));

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
            var panels = scratch;
            var queries = panels + (nint)layout.Positions * layout.PaddedD;
            var scores = queries + PanelWidth * layout.D;
            var output = scores + (nint)layout.Positions * PanelWidth;
            var sums = output + PanelWidth * layout.PaddedD;
            var maxima = sums + PanelWidth;
            PackPanels(values, stride, layout.Positions, layout.D, panels);
            for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
            {
                for (var t = 0; t < layout.T; t += PanelWidth)
                {
                    var count = Math.Min(PanelWidth, layout.T - t);
                    var seen = layout.Past + t + count;
                    Columns(rows + (nint)t * layout.RowQkv + head * layout.D, layout.RowQkv, count, layout.D, queries);
                    Scores(keys, stride, seen, queries, layout.D, scores);
                    Softmax(scores, seen, layout.Past + t, layout.Scale, sums, maxima);
                    Combine(scores, layout.Past + t, count, panels, layout.Positions, layout.PaddedD, output);
                    for (var i = 0; i < count; i++)
                    {
                        var position = (long)b * layout.T + t + i;
                        VectorMath<S, V, F>.Scale(
                            F.One / sums[i], output + i * layout.PaddedD, y + position * layout.RowY + head * layout.D, layout.D, add: false);
                        logSumExp[((long)b * layout.Heads + head) * layout.T + t + i] = maxima[i] + F.Log(sums[i]);
                    }
                }
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
                    var seen = layout.Past + t + 1;
                    var q = rows + (nint)t * layout.RowQkv + head * D;
                    for (var s = 0; s < seen; s++)
                        scores[s] = VectorMath<S, V, F>.Dot(q, keys + (nint)s * stride, D);
                    var max = layout.Scale * VectorMath<S, V, F>.Max(scores, seen);
                    var sum = VectorMath<S, V, F>.ExpAndSum(scores, layout.Scale, max, seen);
                    var to = y + ((long)b * layout.T + t) * layout.RowY + head * D;
                    for (var s = 0; s < seen; s++)
                        VectorMath<S, V, F>.Scale(scores[s] / sum, values + (nint)s * stride, to, D, add: s > 0);
                    logSumExp[((long)b * layout.Heads + head) * layout.T + t] = max + F.Log(sum);
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
        private static void Softmax(F* scores, int seen, int first, F scale, F* sums, F* maxima)
        {
            var scales = S.Broadcast(scale);
            for (var half = 0; half < PanelWidth; half += S.Lanes)
            {
                var lanes = Lanes(half);
                var never = S.Broadcast(F.NegativeInfinity);
                var column = scores + half;
                var max = S.Load(column);
                var s = 1;
                for (; s <= first; s++)
                    max = S.Max(max, S.Load(column + (nint)s * PanelWidth));
                for (; s < seen; s++)
                {
                    var to = column + (nint)s * PanelWidth;
                    var masked = S.SelectGreater(S.Broadcast(F.CreateTruncating(s - first)), lanes, never, S.Load(to));
                    S.Store(masked, to);
                    max = S.Max(max, masked);
                }

                max = S.Multiply(max, scales);
                V sum = default;
                for (s = 0; s < seen; s++)
                {
                    var to = column + (nint)s * PanelWidth;
                    var e = VectorMath<S, V, F>.Exp(S.Subtract(S.Multiply(S.Load(to), scales), max));
                    S.Store(e, to);
                    sum = S.Add(sum, e);
                }

                S.Store(sum, sums + half);
                S.Store(max, maxima + half);
            }
        }
    }

    // With p the probabilities of query t and dp_s = dy·v_s, δ = Σ p_s dp_s:
    // ds_s = p_s (dp_s − δ);  dq = Σ ds_s k_s / √D;  dk_s += ds_s q / √D;  dv_s += p_s dy.
    private readonly struct AttentionBackward(AttentionLayout layout, F* qkv, F* logSumExp, F* dy, F* dQkv, bool add) : IWork
    {
        /// <summary>
        /// keys (D / W, S, W), dk and dv (S, padded D), p and ds (S, W), q and dy as columns (D, W) and as panels (D / W, W, W),
        /// dq (W, padded D), log-sum-exp (W)
        /// </summary>
        public int ScratchBytes => checked(
            (layout.T * (3 * layout.PaddedD + 2 * PanelWidth) + PanelWidth * (2 * layout.D + 3 * layout.PaddedD + 1)) * sizeof(F));

        public void Run(int begin, int end, byte* scratch)
        {
            var (T, D, paddedD, stride) = (layout.T, layout.D, layout.PaddedD, layout.RowQkv);
            var keyPanels = (F*)scratch;
            var dKeys = keyPanels + (nint)T * paddedD;
            var dValues = dKeys + (nint)T * paddedD;
            var p = dValues + (nint)T * paddedD;
            var ds = p + (nint)T * PanelWidth;
            var qColumns = ds + (nint)T * PanelWidth;
            var dyColumns = qColumns + PanelWidth * D;
            var qPanels = dyColumns + PanelWidth * D;
            var dyPanels = qPanels + PanelWidth * paddedD;
            var dq = dyPanels + PanelWidth * paddedD;
            var shifts = dq + PanelWidth * paddedD;
            for (var item = begin; item < end; item++)
            {
                var (b, group) = (item / layout.Groups, item % layout.Groups);
                var rows = qkv + (long)b * T * stride;
                var dRows = dQkv + (long)b * T * stride;
                var keys = rows + layout.KeyOffset(group);
                PackPanels(keys, stride, T, D, keyPanels);
                new Span<F>(dKeys, 2 * T * paddedD).Clear();
                for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
                {
                    for (var t = 0; t < T; t += PanelWidth)
                    {
                        var count = Math.Min(PanelWidth, T - t);
                        var seen = t + count;
                        var q = rows + (nint)t * stride + head * D;
                        var dyRows = dy + ((long)b * T + t) * layout.RowY + head * D;
                        Columns(q, stride, count, D, qColumns);
                        Columns(dyRows, layout.RowY, count, D, dyColumns);
                        PackPanels(q, stride, count, D, qPanels);
                        PackPanels(dyRows, layout.RowY, count, D, dyPanels);
                        new Span<F>(logSumExp + ((long)b * layout.Heads + head) * T + t, count).CopyTo(new Span<F>(shifts, PanelWidth));
                        new Span<F>(shifts + count, PanelWidth - count).Clear();

                        Scores(keys, stride, seen, qColumns, D, p);
                        Scores(rows + layout.ValueOffset(group), stride, seen, dyColumns, D, ds);
                        ScoreGradient(p, ds, seen, t, layout.Scale, shifts);
                        Scatter(ds, seen, qPanels, count, paddedD, dKeys);
                        Scatter(p, seen, dyPanels, count, paddedD, dValues);
                        Combine(ds, t, count, keyPanels, T, paddedD, dq);
                        for (var i = 0; i < count; i++)
                            VectorMath<S, V, F>.Scale(layout.Scale, dq + i * paddedD, dRows + (nint)(t + i) * stride + head * D, D, add);
                    }
                }

                for (var s = 0; s < T; s++)
                {
                    var row = dRows + (long)s * stride;
                    VectorMath<S, V, F>.Scale(layout.Scale, dKeys + s * paddedD, row + layout.KeyOffset(group), D, add);
                    VectorMath<S, V, F>.Scale(F.One, dValues + s * paddedD, row + layout.ValueOffset(group), D, add);
                }
            }
        }

        /// <summary>Down every column, from raw scores and dp: p ← exp(scale·score − logSumExp), ds ← p (dp − δ).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ScoreGradient(F* p, F* ds, int seen, int first, F scale, F* logSumExp)
        {
            var scales = S.Broadcast(scale);
            for (var half = 0; half < PanelWidth; half += S.Lanes)
            {
                var lanes = Lanes(half);
                var shift = S.Load(logSumExp + half);
                V delta = default;
                for (var s = 0; s < seen; s++)
                {
                    var at = (nint)s * PanelWidth + half;
                    var e = VectorMath<S, V, F>.Exp(S.Subtract(S.Multiply(S.Load(p + at), scales), shift));
                    if (s > first)
                        e = S.SelectGreater(S.Broadcast(F.CreateTruncating(s - first)), lanes, default, e);
                    S.Store(e, p + at);
                    delta = S.MultiplyAdd(e, S.Load(ds + at), delta);
                }

                for (var s = 0; s < seen; s++)
                {
                    var at = (nint)s * PanelWidth + half;
                    S.Store(S.Multiply(S.Load(p + at), S.Subtract(S.Load(ds + at), delta)), ds + at);
                }
            }
        }

        /// <summary>sums (S, padded D) += scores (S, W) · rows (W, D), the rows in panels.</summary>
        private static void Scatter(F* scores, int seen, F* panels, int count, int paddedD, F* sums)
        {
            for (var d = 0; d < paddedD; d += PanelWidth)
            {
                var panel = panels + d * count;
                for (var s = 0; s < seen; s += Tiles<S, V, F>.Rows)
                {
                    var to = sums + (nint)s * paddedD + d;
                    Tiles<S, V, F>.Multiply(
                        scores + (nint)s * PanelWidth, PanelWidth, 1, Math.Min(Tiles<S, V, F>.Rows, seen - s), panel, count, to, paddedD,
                        to, null);
                }
            }
        }
    }

    /// <summary>The lanes' numbers within a panel, from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Lanes(int first)
    {
        var numbers = stackalloc F[S.Lanes];
        for (var lane = 0; lane < S.Lanes; lane++)
            numbers[lane] = F.CreateTruncating(first + lane);
        return S.Load(numbers);
    }

    /// <summary>Rows of D become columns: (count, D) → (D, W), zeros behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(F* rows, nint stride, int count, int D, F* columns)
    {
        if (count < PanelWidth)
            new Span<F>(columns, PanelWidth * D).Clear();
        for (var i = 0; i < count; i++, rows += stride)
        {
            var to = columns + i;
            for (var d = 0; d < D; d++)
                to[d * PanelWidth] = rows[d];
        }
    }

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

                for (var j = 0; j < width; j++)
                    panels[j] = from[j];
                for (var j = width; j < PanelWidth; j++)
                    panels[j] = F.Zero;
            }
        }
    }

    /// <summary>scores (S, W) = rows (S, D) · columns (D, W).</summary>
    private static void Scores(F* rows, nint stride, int seen, F* columns, int D, F* scores)
    {
        for (var s = 0; s < seen; s += Tiles<S, V, F>.Rows)
        {
            Tiles<S, V, F>.Multiply(
                rows + s * stride, stride, 1, Math.Min(Tiles<S, V, F>.Rows, seen - s), columns, D, scores + (nint)s * PanelWidth, PanelWidth,
                null, null);
        }
    }

    /// <summary>sums (count, padded D) = weights (S, W)ᵀ · rows (S, D), the rows in panels; no query looks behind itself.</summary>
    private static void Combine(F* weights, int first, int count, F* panels, int positions, int paddedD, F* sums)
    {
        for (var d = 0; d < paddedD; d += PanelWidth)
        {
            for (var i = 0; i < count; i += Tiles<S, V, F>.Rows)
            {
                var rows = Math.Min(Tiles<S, V, F>.Rows, count - i);
                Tiles<S, V, F>.Multiply(
                    weights + i, 1, PanelWidth, rows, panels + (nint)d * positions, first + i + rows, sums + i * paddedD + d, paddedD,
                    null, null);
            }
        }
    }
}
