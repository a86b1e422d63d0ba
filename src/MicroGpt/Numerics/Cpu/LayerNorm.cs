using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in LayerNorm operation)
    {
        var x = operation.X;
        Spread(
            new LayerNormForward(
                Data(x), Data(operation.Weight, null), Data(operation.Bias, null), Data(operation.Mean),
                Data(operation.InverseDeviation), Data(operation.Y), x.Shape.Last, F.CreateTruncating(operation.Epsilon)),
            x.Shape.Rows, 8L * x.Shape.Last);
    }

    // With x̂ = (x − mean)·s, s the inverse deviation and g = dy·w:
    // dx = s (g − mean(g) − x̂·mean(g·x̂));  dw = Σ rows of dy·x̂;  db = Σ rows of dy.
    internal override void Backward(in LayerNorm operation)
    {
        var x = operation.X;
        var (rows, C) = (x.Shape.Rows, x.Shape.Last);
        var dy = Data(operation.Y.Grad!);
        if (x.RequiresGrad)
        {
            var add = x.BeginGrad();
            Spread(
                new LayerNormBackward(
                    Data(x), Data(operation.Weight, null), Data(operation.Mean), Data(operation.InverseDeviation), dy,
                    Data(x.Grad), C, add),
                rows, 12L * C, C * sizeof(F));
        }

        if (operation.Weight is { RequiresGrad: true } weight)
        {
            var add = weight.BeginGrad();
            Spread(
                new NormWeightBackward(
                    Data(x), Data(operation.Mean), Data(operation.InverseDeviation), dy, Data(weight.Grad), rows, C, add),
                (C + S.Lanes - 1) / S.Lanes, 4L * rows * S.Lanes);
        }

        if (operation.Bias is { RequiresGrad: true } bias)
        {
            var add = bias.BeginGrad();
            SumRows(dy, Data(bias.Grad), rows, C, add);
        }
    }

    private readonly struct LayerNormForward(F* x, F* weight, F* bias, F* mean, F* inverse, F* y, int C, F epsilon) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var from = x + (long)row * C;
                var to = y + (long)row * C;
                var m = VectorMath<S, V, F>.Sum(from, C) / F.CreateTruncating(C);
                var means = S.Broadcast(m);
                var i = 0;
                V squares = default;
                for (; i <= C - S.Lanes; i += S.Lanes)
                {
                    var centred = S.Subtract(S.Load(from + i), means);
                    squares = S.MultiplyAdd(centred, centred, squares);
                }

                var square = S.Sum(squares);
                for (; i < C; i++)
                    square += (from[i] - m) * (from[i] - m);
                var s = F.One / F.Sqrt(square / F.CreateTruncating(C) + epsilon);
                (mean[row], inverse[row]) = (m, s);

                var scales = S.Broadcast(s);
                i = 0;
                for (; i <= C - S.Lanes; i += S.Lanes)
                {
                    var value = S.Multiply(S.Subtract(S.Load(from + i), means), scales);
                    if (weight is not null)
                        value = S.Multiply(value, S.Load(weight + i));
                    if (bias is not null)
                        value = S.Add(value, S.Load(bias + i));
                    S.Store(value, to + i);
                }

                for (; i < C; i++)
                    to[i] = (from[i] - m) * s * (weight is null ? F.One : weight[i]) + (bias is null ? F.Zero : bias[i]);
            }
        }
    }

    private readonly struct LayerNormBackward(F* x, F* weight, F* mean, F* inverse, F* dy, F* dx, int C, bool add) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            var g = (F*)scratch; // (C) dy·w
            for (var row = begin; row < end; row++)
            {
                var from = x + (long)row * C;
                Gradient(dy + (long)row * C, g);
                var (m, s) = (mean[row], inverse[row]);
                var meanG = VectorMath<S, V, F>.Sum(g, C) / F.CreateTruncating(C);
                // mean(g·x̂) = s (mean(g·x) − m·mean(g)); the centred sum keeps the digits.
                var dot = F.Zero;
                V dots = default;
                var means = S.Broadcast(m);
                var i = 0;
                for (; i <= C - S.Lanes; i += S.Lanes)
                    dots = S.MultiplyAdd(S.Load(g + i), S.Subtract(S.Load(from + i), means), dots);
                for (; i < C; i++)
                    dot += g[i] * (from[i] - m);
                dot += S.Sum(dots);
                var curve = dot * s * s / F.CreateTruncating(C); // x̂·mean(g·x̂) = (x − m)·curve

                var to = dx + (long)row * C;
                var (meansG, curves, scales) = (S.Broadcast(meanG), S.Broadcast(curve), S.Broadcast(s));
                for (i = 0; i <= C - S.Lanes; i += S.Lanes)
                {
                    var centred = S.Subtract(S.Load(from + i), means);
                    var value = S.Subtract(S.Subtract(S.Load(g + i), meansG), S.Multiply(centred, curves));
                    value = S.Multiply(value, scales);
                    S.Store(add ? S.Add(S.Load(to + i), value) : value, to + i);
                }

                for (; i < C; i++)
                {
                    var value = (g[i] - meanG - (from[i] - m) * curve) * s;
                    to[i] = add ? to[i] + value : value;
                }
            }
        }

        private void Gradient(F* dyRow, F* g)
        {
            var i = 0;
            if (weight is null)
            {
                new Span<F>(dyRow, C).CopyTo(new Span<F>(g, C));
                return;
            }

            for (; i <= C - S.Lanes; i += S.Lanes)
                S.Store(S.Multiply(S.Load(dyRow + i), S.Load(weight + i)), g + i);
            for (; i < C; i++)
                g[i] = dyRow[i] * weight[i];
        }
    }

    /// <summary>dw = Σ rows of dy·(x − mean)·inverse; the means are zero where <c>mean</c> is null, as in RmsNorm.</summary>
    private readonly struct NormWeightBackward(F* x, F* mean, F* inverse, F* dy, F* dw, int rows, int C, bool add) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var block = begin; block < end; block++)
            {
                var first = block * S.Lanes;
                var columns = Math.Min(S.Lanes, C - first);
                V sum = default;
                for (var row = 0; row < rows; row++)
                {
                    var offset = (long)row * C + first;
                    var (xs, dys) = columns == S.Lanes
                        ? (S.Load(x + offset), S.Load(dy + offset))
                        : (VectorMath<S, V, F>.LoadPartial(x + offset, columns), VectorMath<S, V, F>.LoadPartial(dy + offset, columns));
                    if (mean is not null)
                        xs = S.Subtract(xs, S.Broadcast(mean[row]));
                    sum = S.MultiplyAdd(dys, S.Multiply(xs, S.Broadcast(inverse[row])), sum);
                }

                if (add)
                    sum = S.Add(sum, VectorMath<S, V, F>.LoadPartial(dw + first, columns));
                VectorMath<S, V, F>.StorePartial(sum, dw + first, columns);
            }
        }
    }
}
