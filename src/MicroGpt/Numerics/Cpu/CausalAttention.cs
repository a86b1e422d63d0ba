using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// One item of work is one sequence and one key-value head with the query heads that share it, so no two items write the same
// gradient. Its keys and values are first copied into scratch, padded to whole registers and the keys transposed: then every
// inner loop runs over registers without tails. One row of probabilities exists at a time.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
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
        public readonly int PaddedD; // D rounded up to registers
        public readonly int PaddedS; // all positions rounded up to registers
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
            PaddedD = (D + S.Lanes - 1) / S.Lanes * S.Lanes;
            PaddedS = (Past + T + S.Lanes - 1) / S.Lanes * S.Lanes;
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
        var B = operation.Qkv.Shape[0];
        var keys = Data(operation.CachedKeys, null);
        var values = Data(operation.CachedValues, null);
        var capacity = operation.CachedKeys?.Shape[1] ?? 0;
        // keysT (D, PaddedS), values (PaddedS, PaddedD), one row of scores (PaddedS), one output (PaddedD)
        var scratch = checked(
            (layout.D * layout.PaddedS + layout.PaddedS * layout.PaddedD + layout.PaddedS + layout.PaddedD) * sizeof(F));
        Spread(
            new AttentionForward(layout, Data(operation.Qkv), keys, values, capacity, Data(operation.LogSumExp), Data(operation.Y)),
            B * layout.Groups, 2L * layout.Heads / layout.Groups * layout.T * layout.Positions * layout.D, scratch);
    }

    internal override void Backward(in CausalAttention operation)
    {
        var qkv = operation.Qkv;
        if (!qkv.RequiresGrad)
            return;
        var layout = new AttentionLayout(operation);
        var add = qkv.BeginGrad();
        // keysT and valuesT (D, PaddedS), keys, dKeys and dValues (PaddedS, PaddedD), rows p and dS (PaddedS), q, dy, dq (PaddedD)
        var scratch = checked(
            (2 * layout.D * layout.PaddedS + 3 * layout.PaddedS * layout.PaddedD + 2 * layout.PaddedS + 3 * layout.PaddedD)
            * sizeof(F));
        Spread(
            new AttentionBackward(
                layout, Data(qkv), Data(operation.LogSumExp), Data(operation.Y), Data(operation.Y.Grad!), Data(qkv.Grad), add),
            qkv.Shape[0] * layout.Groups, 5L * layout.Shared * layout.T * layout.T * layout.D, scratch);
    }

    private readonly struct AttentionForward(
        AttentionLayout layout, F* qkv, F* cachedKeys, F* cachedValues, int capacity, F* logSumExp, F* y) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var (T, D) = (layout.T, layout.D);
            var keysT = (F*)scratch;
            var values = keysT + D * layout.PaddedS;
            var scores = values + layout.PaddedS * layout.PaddedD;
            var output = scores + layout.PaddedS;
            for (var item = begin; item < end; item++)
            {
                var (b, group) = (item / layout.Groups, item % layout.Groups);
                var rows = qkv + (long)b * T * layout.RowQkv;
                var stride = Sources(rows, b, group, out var keyRows, out var valueRows);
                Transpose(keyRows, stride, layout.Positions, D, keysT, layout.PaddedS);
                Pad(valueRows, stride, layout.Positions, D, values, layout.PaddedD);
                for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
                {
                    for (var t = 0; t < T; t++)
                    {
                        var seen = layout.Past + t + 1;
                        Project(rows + (long)t * layout.RowQkv + head * D, keysT, scores, D, seen, layout.PaddedS);
                        logSumExp[((long)b * layout.Heads + head) * T + t] = Softmax(scores, seen, layout.Scale);
                        Combine(scores, values, output, seen, layout.PaddedD);
                        new Span<F>(output, D).CopyTo(new Span<F>(y + ((long)b * T + t) * layout.RowY + head * D, D));
                    }
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

        /// <summary>scores ← softmax(scale · scores) over the first <paramref name="seen"/>, zeros up to a whole register.</summary>
        /// <returns>log Σ exp(scale · score).</returns>
        private static F Softmax(F* scores, int seen, F scale)
        {
            var max = scale * VectorMath<S, V, F>.Max(scores, seen);
            var sum = VectorMath<S, V, F>.ExpAndSum(scores, scale, max, seen);
            VectorMath<S, V, F>.Scale(F.One / sum, scores, scores, seen, add: false);
            return max + F.Log(sum);
        }
    }

    // With p the probabilities of row t, dp_s = dy·v_s and δ = dy·y = Σ p_s dp_s:
    // ds_s = p_s (dp_s − δ) / √D;  dq = Σ ds_s k_s;  dk_s += ds_s q;  dv_s += p_s dy.
    private readonly struct AttentionBackward(
        AttentionLayout layout, F* qkv, F* logSumExp, F* y, F* dy, F* dQkv, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var (T, D, paddedD, paddedS) = (layout.T, layout.D, layout.PaddedD, layout.PaddedS);
            var keysT = (F*)scratch;
            var valuesT = keysT + D * paddedS;
            var keys = valuesT + D * paddedS;
            var dKeys = keys + paddedS * paddedD;
            var dValues = dKeys + paddedS * paddedD;
            var p = dValues + paddedS * paddedD;
            var ds = p + paddedS;
            var q = ds + paddedS;
            var dyRow = q + paddedD;
            var dq = dyRow + paddedD;
            new Span<F>(q, 3 * paddedD).Clear(); // the padding stays zero

            for (var item = begin; item < end; item++)
            {
                var (b, group) = (item / layout.Groups, item % layout.Groups);
                var rows = qkv + (long)b * T * layout.RowQkv;
                var dRows = dQkv + (long)b * T * layout.RowQkv;
                Transpose(rows + layout.KeyOffset(group), layout.RowQkv, T, D, keysT, paddedS);
                Transpose(rows + layout.ValueOffset(group), layout.RowQkv, T, D, valuesT, paddedS);
                Pad(rows + layout.KeyOffset(group), layout.RowQkv, T, D, keys, paddedD);
                new Span<F>(dKeys, 2 * paddedS * paddedD).Clear();

                for (var head = group * layout.Shared; head < (group + 1) * layout.Shared; head++)
                {
                    for (var t = 0; t < T; t++)
                    {
                        var seen = t + 1;
                        var offsetY = ((long)b * T + t) * layout.RowY + head * D;
                        new Span<F>(rows + (long)t * layout.RowQkv + head * D, D).CopyTo(new Span<F>(q, D));
                        new Span<F>(dy + offsetY, D).CopyTo(new Span<F>(dyRow, D));
                        Project(q, keysT, p, D, seen, paddedS);
                        Project(dyRow, valuesT, ds, D, seen, paddedS);
                        var delta = VectorMath<S, V, F>.Dot(dyRow, y + offsetY, D);
                        ScoreGradient(p, ds, logSumExp[((long)b * layout.Heads + head) * T + t], delta, seen, layout.Scale);
                        Combine(ds, keys, dq, seen, paddedD);
                        Scatter(ds, q, dKeys, seen, paddedD);
                        Scatter(p, dyRow, dValues, seen, paddedD);
                        VectorMath<S, V, F>.Scale(F.One, dq, dRows + (long)t * layout.RowQkv + head * D, D, add);
                    }
                }

                for (var s = 0; s < T; s++)
                {
                    var row = dRows + (long)s * layout.RowQkv;
                    VectorMath<S, V, F>.Scale(F.One, dKeys + s * paddedD, row + layout.KeyOffset(group), D, add);
                    VectorMath<S, V, F>.Scale(F.One, dValues + s * paddedD, row + layout.ValueOffset(group), D, add);
                }
            }
        }

        /// <summary>From raw scores and dp: p ← exp(scale·score − logSumExp), ds ← p (dp − δ) scale.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ScoreGradient(F* p, F* ds, F logSumExp, F delta, int seen, F scale)
        {
            var (scales, shift, deltas) = (S.Broadcast(scale), S.Broadcast(-logSumExp), S.Broadcast(delta));
            for (var s = 0; s < seen; s += S.Lanes)
            {
                var probability = VectorMath<S, V, F>.Exp(S.MultiplyAdd(S.Load(p + s), scales, shift));
                S.Store(probability, p + s);
                S.Store(S.Multiply(S.Multiply(probability, S.Subtract(S.Load(ds + s), deltas)), scales), ds + s);
            }
        }
    }

    /// <summary>(S, D) rows into (D, padded S) columns; the padding is zeroed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(F* rows, int stride, int count, int D, F* columns, int padded)
    {
        for (var d = 0; d < D; d++)
        {
            var to = columns + d * padded;
            for (var s = 0; s < count; s++)
                to[s] = rows[(long)s * stride + d];
            for (var s = count; s < padded; s++)
                to[s] = F.Zero;
        }
    }

    /// <summary>(S, D) rows into (S, padded D) rows; the padding is zeroed.</summary>
    private static void Pad(F* rows, int stride, int count, int D, F* to, int padded)
    {
        for (var s = 0; s < count; s++)
        {
            new Span<F>(rows + (long)s * stride, D).CopyTo(new Span<F>(to + s * padded, padded));
            new Span<F>(to + s * padded + D, padded - D).Clear();
        }
    }

    /// <summary>scores[s] = Σ_d x[d]·columns[d][s] for the registers that hold the first <paramref name="seen"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Project(F* x, F* columns, F* scores, int D, int seen, int padded)
    {
        var s = 0;
        for (; s <= seen - 4 * S.Lanes; s += 4 * S.Lanes)
        {
            V s0 = default, s1 = default, s2 = default, s3 = default;
            for (var d = 0; d < D; d++)
            {
                var factor = S.Broadcast(x[d]);
                var column = columns + d * padded + s;
                s0 = S.MultiplyAdd(factor, S.Load(column), s0);
                s1 = S.MultiplyAdd(factor, S.Load(column + S.Lanes), s1);
                s2 = S.MultiplyAdd(factor, S.Load(column + 2 * S.Lanes), s2);
                s3 = S.MultiplyAdd(factor, S.Load(column + 3 * S.Lanes), s3);
            }

            S.Store(s0, scores + s);
            S.Store(s1, scores + s + S.Lanes);
            S.Store(s2, scores + s + 2 * S.Lanes);
            S.Store(s3, scores + s + 3 * S.Lanes);
        }

        for (; s < seen; s += S.Lanes)
        {
            V sum = default;
            for (var d = 0; d < D; d++)
                sum = S.MultiplyAdd(S.Broadcast(x[d]), S.Load(columns + d * padded + s), sum);
            S.Store(sum, scores + s);
        }
    }

    /// <summary>y[d] = Σ_s weights[s]·rows[s][d].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(F* weights, F* rows, F* y, int seen, int paddedD)
    {
        for (var d = 0; d < paddedD; d += S.Lanes)
        {
            V s0 = default, s1 = default;
            var s = 0;
            for (; s < seen - 1; s += 2)
            {
                s0 = S.MultiplyAdd(S.Broadcast(weights[s]), S.Load(rows + s * paddedD + d), s0);
                s1 = S.MultiplyAdd(S.Broadcast(weights[s + 1]), S.Load(rows + (s + 1) * paddedD + d), s1);
            }

            if (s < seen)
                s0 = S.MultiplyAdd(S.Broadcast(weights[s]), S.Load(rows + s * paddedD + d), s0);
            S.Store(S.Add(s0, s1), y + d);
        }
    }

    /// <summary>rows[s] += weights[s]·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(F* weights, F* x, F* rows, int seen, int paddedD)
    {
        for (var d = 0; d < paddedD; d += S.Lanes)
        {
            var vector = S.Load(x + d);
            for (var s = 0; s < seen; s++)
                S.Store(S.MultiplyAdd(S.Broadcast(weights[s]), vector, S.Load(rows + s * paddedD + d)), rows + s * paddedD + d);
        }
    }
}
