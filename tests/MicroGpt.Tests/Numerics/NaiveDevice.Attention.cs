using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in CausalAttention operation)
    {
        var o = operation;
        var (B, T, H, D) = (o.Qkv.Shape[0], o.Qkv.Shape[1], o.Heads, o.HeadSize);
        Append(o);
        for (var b = 0; b < B; b++)
            for (var h = 0; h < H; h++)
                for (var t = 0; t < T; t++)
                {
                    var p = Probabilities(o, b, h, t, out var max, out var total);
                    o.Normalizers[(b * H + h) * T + t] = max;
                    o.Normalizers[((B + b) * H + h) * T + t] = 1 / total;
                    for (var d = 0; d < D; d++)
                    {
                        var sum = 0.0;
                        for (var s = 0; s < p.Length; s++)
                            sum += p[s] * Value(o, b, s, h, d);
                        o.Y[((b * T + t) * H + h) * D + d] = sum;
                    }
                }
    }

    internal override void Backward(in CausalAttention operation)
    {
        var o = operation;
        var (B, T, H, D) = (o.Qkv.Shape[0], o.Qkv.Shape[1], o.Heads, o.HeadSize);
        if (Begin(o.Qkv) is not { } gradient)
            return;
        for (var b = 0; b < B; b++)
            for (var h = 0; h < H; h++)
                for (var t = 0; t < T; t++)
                {
                    var p = Probabilities(o, b, h, t, out _, out _);
                    var dp = new double[p.Length];
                    for (var s = 0; s < p.Length; s++)
                        for (var d = 0; d < D; d++)
                        {
                            var dy = o.Y.Grad![((b * T + t) * H + h) * D + d];
                            dp[s] += dy * Value(o, b, s, h, d);
                            gradient[ValueAt(o, b, s, h) + d] += p[s] * dy;
                        }

                    var mean = p.Zip(dp, (probability, change) => probability * change).Sum();
                    for (var s = 0; s < p.Length; s++)
                        for (var d = 0; d < D; d++)
                        {
                            var dScore = o.Scale * p[s] * (dp[s] - mean); // through softmax and scale
                            gradient[QueryAt(o, b, t, h) + d] += dScore * Key(o, b, s, h, d);
                            gradient[KeyAt(o, b, s, h) + d] += dScore * o.Qkv[QueryAt(o, b, t, h) + d];
                        }
                }
    }

    /// <summary>softmax(scale · q · k) over all positions up to the t-th new one, 0 for those out of its window.</summary>
    private static double[] Probabilities(in CausalAttention o, int b, int h, int t, out double max, out double sum)
    {
        var scores = new double[o.Past + t + 1];
        for (var s = 0; s < scores.Length; s++)
        {
            for (var d = 0; d < o.HeadSize; d++)
                scores[s] += o.Qkv[QueryAt(o, b, t, h) + d] * Key(o, b, s, h, d);
            scores[s] = s < o.Past + t - o.Window ? double.NegativeInfinity : o.Scale * scores[s];
        }

        (max, sum) = (scores.Max(), 0);
        for (var s = 0; s < scores.Length; s++)
            sum += scores[s] = Math.Exp(scores[s] - max);
        for (var s = 0; s < scores.Length; s++)
            scores[s] /= sum;
        return scores;
    }

    /// <summary>Writes the new positions' keys, and then their values, behind those of the cache.</summary>
    private static void Append(in CausalAttention o)
    {
        if (o.CachedKeys is null)
            return;
        for (var b = 0; b < o.Qkv.Shape[0]; b++)
            for (var t = 0; t < o.Qkv.Shape[1]; t++)
                for (var g = 0; g < o.KeyValueHeads; g++)
                    for (var d = 0; d < o.HeadSize; d++)
                    {
                        var h = g * (o.Heads / o.KeyValueHeads); // a query head of this group
                        o.CachedKeys[CacheAt(o, b, o.Past + t, h) + d] = o.Qkv[KeyAt(o, b, t, h) + d];
                        o.CachedValues![CacheAt(o, b, o.Past + t, h) + d] = o.Qkv[ValueAt(o, b, t, h) + d];
                    }
    }

    private static double Key(in CausalAttention o, int b, int s, int h, int d) =>
        o.CachedKeys is null ? o.Qkv[KeyAt(o, b, s, h) + d] : o.CachedKeys[CacheAt(o, b, s, h) + d];

    private static double Value(in CausalAttention o, int b, int s, int h, int d) =>
        o.CachedValues is null ? o.Qkv[ValueAt(o, b, s, h) + d] : o.CachedValues[CacheAt(o, b, s, h) + d];

    // Where a head's D numbers begin. Query head h belongs to the key-value head h / (H / G).
    private static int Group(in CausalAttention o, int h) => h / (o.Heads / o.KeyValueHeads);

    private static int QueryAt(in CausalAttention o, int b, int t, int h) =>
        (b * o.Qkv.Shape[1] + t) * o.Qkv.Shape[2] + h * o.HeadSize;

    private static int KeyAt(in CausalAttention o, int b, int t, int h) => QueryAt(o, b, t, o.Heads + Group(o, h));

    private static int ValueAt(in CausalAttention o, int b, int t, int h) =>
        QueryAt(o, b, t, o.Heads + o.KeyValueHeads + Group(o, h));

    private static int CacheAt(in CausalAttention o, int b, int s, int h) =>
        ((b * o.CachedKeys!.Shape[1] + s) * o.KeyValueHeads + Group(o, h)) * o.HeadSize;
}
