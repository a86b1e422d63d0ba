using System.Runtime.CompilerServices;

namespace MicroGpt.Exact;

// Causal attention, with the D = 4 channels of a head written out. The arrays (H, T, T) are ordered by head, key position, query
// position: a lane is a query, which adds up its own sums over keys. Keys behind the query have the weight 0 there, which leaves
// sums as they are.
internal sealed unsafe partial class ExactPass<S, R>
{
    private readonly double* _scores;             // (H, T, T)
    private readonly double* _weights;            // (H, T, T): e^(score − largest); never written where the key comes later
    private readonly double* _attended;           // (H, T, T): weights over their total
    private readonly double* _dscores;            // (H, T, T)
    private readonly double* _byKey;              // (H, T, T) by head, query, key: lanes are keys
    private readonly Totals _perHead;
    private readonly int[] _attentionOrder = AttentionOrder();

    private double* Keys => _qkv + C * T;

    private double* Values => _qkv + 2 * C * T;

    private void Attend()
    {
        for (var h = 0; h < H; h++)
            Score(h);
        for (var h = 0; h < H; h++)
            Exponentiate(h);
        ExactPow.Raise<S, R, ExactPow.Inverse>(_perHead.Total, _perHead.Inverse, H, _count);
        for (var h = 0; h < H; h++)
            Mix(h);
    }

    /// <summary>q·k / √D.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(int h)
    {
        var k = Keys + h * D * T;
        var count = _count;
        for (var p = 0; p < count; p += S.Lanes)
        {
            var q = _qkv + h * D * T + p;
            var (q0, q1, q2, q3) = (S.Load(q), S.Load(q + T), S.Load(q + 2 * T), S.Load(q + 3 * T));
            for (var t = 0; t < count; t++)
            {
                var dot = S.Multiply(q0, S.Broadcast(k[t]));
                dot = S.Add(dot, S.Multiply(q1, S.Broadcast(k[T + t])));
                dot = S.Add(dot, S.Multiply(q2, S.Broadcast(k[2 * T + t])));
                dot = S.Add(dot, S.Multiply(q3, S.Broadcast(k[3 * T + t])));
                S.Store(S.Multiply(dot, S.Broadcast(0.5)), _scores + (h * T + t) * T + p);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Exponentiate(int h)
    {
        var scores = _scores + h * T * T;
        var weights = _weights + h * T * T;
        var count = _count;
        for (var p = 0; p < count; p++)
        {
            var largest = scores[p];
            for (var t = 1; t <= p; t++)
                largest = Math.Max(largest, scores[t * T + p]);
            var total = 0.0;
            for (var t = 0; t <= p; t++)
                total += weights[t * T + p] = Math.Exp(scores[t * T + p] - largest);
            _perHead.Total[h * T + p] = total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(int h)
    {
        var v = Values + h * D * T;
        var count = _count;
        for (var p = 0; p < count; p += S.Lanes)
        {
            var inverse = S.Load(_perHead.Inverse + h * T + p);
            R m0 = default, m1 = default, m2 = default, m3 = default;
            for (var t = 0; t < count; t++)
            {
                var weight = S.Multiply(S.Load(_weights + (h * T + t) * T + p), inverse);
                S.Store(weight, _attended + (h * T + t) * T + p);
                m0 = S.Add(m0, S.Multiply(weight, S.Broadcast(v[t])));
                m1 = S.Add(m1, S.Multiply(weight, S.Broadcast(v[T + t])));
                m2 = S.Add(m2, S.Multiply(weight, S.Broadcast(v[2 * T + t])));
                m3 = S.Add(m3, S.Multiply(weight, S.Broadcast(v[3 * T + t])));
            }

            var to = _mixed + h * D * T + p;
            S.Store(m0, to);
            S.Store(m1, to + T);
            S.Store(m2, to + 2 * T);
            S.Store(m3, to + 3 * T);
        }
    }

    private void BackwardAttention()
    {
        ExactPow.Raise<S, R, ExactPow.InverseSquare>(_perHead.Total, _perHead.Slope, H, _count);
        for (var h = 0; h < H; h++)
        {
            BackwardScores(h);
            BackwardQueries(h, _dqkv + h * D * T);
            BackwardKeys(_dscores + h * T * T, _qkv + h * D * T, _dqkv + (C + h * D) * T);
            BackwardKeys(_attended + h * T * T, _dmixed + h * D * T, _dqkv + (2 * C + h * D) * T);
        }
    }

    /// <summary>
    /// With w = e/total: dw = Σ v·dmixed over descending channels; the total, which each w divides by for itself, gets
    /// Σ −total^−2 (e·dw) over descending keys; then de = dw/total + dtotal, and dscore = e·de / √D.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardScores(int h)
    {
        var v = Values + h * D * T;
        var count = _count;
        for (var p = 0; p < count; p += S.Lanes)
        {
            var d = _dmixed + h * D * T + p;
            var (d0, d1, d2, d3) = (S.Load(d), S.Load(d + T), S.Load(d + 2 * T), S.Load(d + 3 * T));
            var slope = S.Multiply(S.Broadcast(-1.0), S.Load(_perHead.Slope + h * T + p));
            R dtotal = default;
            for (var t = count - 1; t >= 0; t--)
            {
                var dw = S.Multiply(d3, S.Broadcast(v[3 * T + t]));
                dw = S.Add(dw, S.Multiply(d2, S.Broadcast(v[2 * T + t])));
                dw = S.Add(dw, S.Multiply(d1, S.Broadcast(v[T + t])));
                dw = S.Add(dw, S.Multiply(d0, S.Broadcast(v[t])));
                var at = (h * T + t) * T + p;
                dtotal = S.Add(dtotal, S.Multiply(slope, S.Multiply(S.Load(_weights + at), dw)));
                S.Store(dw, _dscores + at);
            }

            var inverse = S.Load(_perHead.Inverse + h * T + p);
            for (var t = 0; t < count; t++)
            {
                var at = (h * T + t) * T + p;
                var de = S.Add(S.Multiply(S.Load(_dscores + at), inverse), dtotal);
                S.Store(S.Multiply(S.Multiply(S.Load(_weights + at), de), S.Broadcast(0.5)), _dscores + at);
            }
        }
    }

    /// <summary>dq = Σ dscore·k over descending keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardQueries(int h, double* dq)
    {
        var k = Keys + h * D * T;
        var count = _count;
        for (var p = 0; p < count; p += S.Lanes)
        {
            R q0 = default, q1 = default, q2 = default, q3 = default;
            for (var t = count - 1; t >= 0; t--)
            {
                var d = S.Load(_dscores + (h * T + t) * T + p);
                q0 = S.Add(q0, S.Multiply(d, S.Broadcast(k[t])));
                q1 = S.Add(q1, S.Multiply(d, S.Broadcast(k[T + t])));
                q2 = S.Add(q2, S.Multiply(d, S.Broadcast(k[2 * T + t])));
                q3 = S.Add(q3, S.Multiply(d, S.Broadcast(k[3 * T + t])));
            }

            S.Store(q0, dq + p);
            S.Store(q1, dq + T + p);
            S.Store(q2, dq + 2 * T + p);
            S.Store(q3, dq + 3 * T + p);
        }
    }

    /// <summary>dk = Σ dscore·q, and dv = Σ w·dmixed, over descending queries. Here a lane is a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardKeys(double* factors, double* queries, double* to)
    {
        var byKey = _byKey;
        var count = _count;
        Transpose(factors, count, T, byKey, T, count);
        for (var t = 0; t < count; t += S.Lanes)
        {
            R k0 = default, k1 = default, k2 = default, k3 = default;
            for (var p = count - 1; p >= 0; p--)
            {
                var d = S.Load(byKey + p * T + t);
                k0 = S.Add(k0, S.Multiply(d, S.Broadcast(queries[p])));
                k1 = S.Add(k1, S.Multiply(d, S.Broadcast(queries[T + p])));
                k2 = S.Add(k2, S.Multiply(d, S.Broadcast(queries[2 * T + p])));
                k3 = S.Add(k3, S.Multiply(d, S.Broadcast(queries[3 * T + p])));
            }

            S.Store(k0, to + t);
            S.Store(k1, to + T + t);
            S.Store(k2, to + 2 * T + t);
            S.Store(k3, to + 3 * T + t);
        }
    }

    /// <summary>
    /// The order in which queries, keys and values hand gradients to what they are made of: heads 3 … 0, of each the rows of V, K
    /// and Q, descending. (At position 0 the original alternates between K and Q; but with one key, whose weight is 1, dq is 0.)
    /// </summary>
    private static int[] AttentionOrder() =>
    [
        .. from head in Enumerable.Range(0, H).Reverse()
           from part in Enumerable.Range(0, 3).Reverse()
           from row in Enumerable.Range(0, D).Reverse()
           select part * C + head * D + row,
    ];

    /// <summary>What a softmax divides by, and its powers −1 and −2, for rows of positions.</summary>
    private sealed class Totals(double* total, double* inverse, double* slope)
    {
        public readonly double* Total = total;
        public readonly double* Inverse = inverse;
        public readonly double* Slope = slope;
    }
}
