using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in Tanh operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = Math.Tanh(operation.X[i]);
    }

    internal override void Backward(in Tanh operation)
    {
        var (x, dy) = (operation.X, operation.Y.Grad!);
        Pass(x, i => dy[i] / Math.Pow(Math.Cosh(x[i]), 2));
    }

    internal override void Forward(in Recurrent operation)
    {
        var (o, H) = (operation, operation.Weight.Shape.Last);
        for (var b = 0; b < o.Y.Shape[0]; b++)
        {
            var (h, c) = Start(o, b);
            for (var t = 0; t < o.Y.Shape[1]; t++)
            {
                var p = StateGates(o, h);
                var (next, nextC) = (new double[H], new double[H]);
                for (var j = 0; j < H; j++)
                {
                    var (row, k) = (b * o.Y.Shape[1] + t, j);
                    double A(int gate) => o.Gates[row * o.Gates.Shape.Last + gate * H + k];
                    double P(int gate) => p[gate * H + k];
                    double Sum(int gate) => A(gate) + P(gate);
                    double[] kept = [];
                    if (o.Cell == RecurrentCell.Rnn)
                    {
                        next[j] = Math.Tanh(Sum(0));
                    }
                    else if (o.Cell == RecurrentCell.Gru)
                    {
                        var (r, z) = (Sigmoid(Sum(0)), Sigmoid(Sum(1)));
                        var n = Math.Tanh(A(2) + r * P(2));
                        next[j] = (1 - z) * n + z * h[j];
                        kept = [r, z, n, P(2)];
                    }
                    else
                    {
                        var (i, f, g, show) = (Sigmoid(Sum(0)), Sigmoid(Sum(1)), Math.Tanh(Sum(2)), Sigmoid(Sum(3)));
                        nextC[j] = f * c[j] + i * g;
                        next[j] = show * Math.Tanh(nextC[j]);
                        kept = [i, f, g, show, c[j]];
                    }

                    o.Previous[row * H + j] = h[j];
                    o.Y[row * H + j] = next[j];
                    for (var part = 0; part < kept.Length; part++)
                        o.Kept[(row * kept.Length + part) * H + j] = kept[part];
                }

                (h, c) = (next, nextC);
            }

            for (var j = 0; j < H; j++)
            {
                o.State?[b * o.State.Shape.Last + j] = h[j];
                if (o.Cell == RecurrentCell.Lstm)
                    o.State?[b * o.State.Shape.Last + H + j] = c[j];
            }
        }
    }

    internal override void Backward(in Recurrent operation)
    {
        var (o, H, T) = (operation, operation.Weight.Shape.Last, operation.Y.Shape[1]);
        var G = o.Cell.Gates();
        var (dGates, dw, db) = (Begin(o.Gates), Begin(o.Weight), o.Bias is null ? null : Begin(o.Bias));
        for (var b = 0; b < o.Y.Shape[0]; b++)
        {
            var (dh, dc) = (new double[H], new double[H]);
            for (var t = T - 1; t >= 0; t--)
            {
                var row = b * T + t;
                var (da, dp, before) = (new double[G * H], new double[G * H], new double[H]);
                for (var j = 0; j < H; j++)
                {
                    var k = j;
                    double Kept(int part) => o.Kept[(row * o.Cell.Kept() + part) * H + k];
                    var d = dh[j] + o.Y.Grad![row * H + j];
                    if (o.Cell == RecurrentCell.Rnn)
                    {
                        da[j] = dp[j] = d * (1 - Math.Pow(o.Y[row * H + j], 2));
                    }
                    else if (o.Cell == RecurrentCell.Gru)
                    {
                        var (r, z, n, pn) = (Kept(0), Kept(1), Kept(2), Kept(3));
                        var dn = d * (1 - z) * (1 - n * n);
                        da[j] = dp[j] = dn * pn * r * (1 - r);
                        da[H + j] = dp[H + j] = d * (o.Previous[row * H + j] - n) * z * (1 - z);
                        (da[2 * H + j], dp[2 * H + j]) = (dn, dn * r);
                        before[j] = d * z;
                    }
                    else
                    {
                        var (i, f, g, show, c) = (Kept(0), Kept(1), Kept(2), Kept(3), Kept(4));
                        var tanh = Math.Tanh(f * c + i * g);
                        var dCell = dc[j] + d * show * (1 - tanh * tanh);
                        da[j] = dp[j] = dCell * g * i * (1 - i);
                        da[H + j] = dp[H + j] = dCell * c * f * (1 - f);
                        da[2 * H + j] = dp[2 * H + j] = dCell * i * (1 - g * g);
                        da[3 * H + j] = dp[3 * H + j] = d * tanh * show * (1 - show);
                        dc[j] = dCell * f;
                    }
                }

                for (var n = 0; n < G * H; n++)
                {
                    dGates?[row * G * H + n] += da[n];
                    db?[n] += dp[n];
                    for (var j = 0; j < H; j++)
                    {
                        dw?[n * H + j] += dp[n] * o.Previous[row * H + j];
                        before[j] += dp[n] * o.Weight[n * H + j];
                    }
                }

                dh = before;
            }
        }
    }

    private static (double[] H, double[] C) Start(Recurrent o, int b)
    {
        var H = o.Weight.Shape.Last;
        double At(int i) => o.State?[b * o.State.Shape.Last + i] ?? 0;
        return ([.. Enumerable.Range(0, H).Select(At)], [.. Enumerable.Range(H, H).Select(i => o.Cell == RecurrentCell.Lstm ? At(i) : 0)]);
    }

    /// <summary>W h + b.</summary>
    private static double[] StateGates(Recurrent o, double[] h) =>
        [.. Enumerable.Range(0, o.Weight.Shape[0]).Select(n => (o.Bias?[n] ?? 0) + h.Select((x, j) => x * o.Weight[n * h.Length + j]).Sum())];
}
