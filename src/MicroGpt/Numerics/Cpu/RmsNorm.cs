using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in RmsNorm operation)
    {
        var x = operation.X;
        Spread(
            new RmsNormForward(
                Data(x), Data(operation.Weight, null), Data(operation.InverseRms), Data(operation.Y), x.Shape.Last,
                F.CreateTruncating(operation.Epsilon)),
            x.Shape.Rows, 4L * x.Shape.Last);
    }

    // With s the inverse root mean square and g = dy·w:  dx = s (g − x·s²·mean(g·x));  dw = Σ rows of dy·x·s.
    internal override void Backward(in RmsNorm operation)
    {
        var x = operation.X;
        var (rows, C) = (x.Shape.Rows, x.Shape.Last);
        var dy = Data(operation.Y.Grad!);
        if (x.RequiresGrad)
        {
            var add = x.BeginGrad();
            Spread(
                new RmsNormBackward(Data(x), Data(operation.Weight, null), Data(operation.InverseRms), dy, Data(x.Grad), C, add),
                rows, 8L * C);
        }

        if (operation.Weight is { RequiresGrad: true } weight)
        {
            var add = weight.BeginGrad();
            Spread(
                new NormWeightBackward(Data(x), null, Data(operation.InverseRms), dy, Data(weight.Grad), rows, C, add),
                (C + S.Lanes - 1) / S.Lanes, 4L * rows * S.Lanes);
        }
    }

    private readonly struct RmsNormForward(F* x, F* weight, F* inverse, F* y, int C, F epsilon) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var from = x + (long)row * C;
                var to = y + (long)row * C;
                var s = F.One / F.Sqrt(VectorMath<S, V, F>.Dot(from, from, C) / F.CreateTruncating(C) + epsilon);
                inverse[row] = s;
                VectorMath<S, V, F>.Scale(s, from, to, C, add: false);
                if (weight is null)
                    continue;

                var i = 0;
                for (; i <= C - S.Lanes; i += S.Lanes)
                    S.Store(S.Multiply(S.Load(to + i), S.Load(weight + i)), to + i);
                for (; i < C; i++)
                    to[i] *= weight[i];
            }
        }
    }

    private readonly struct RmsNormBackward(F* x, F* weight, F* inverse, F* dy, F* dx, int C, bool add) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var from = x + (long)row * C;
                var to = dx + (long)row * C;
                var g = dy + (long)row * C;
                var s = inverse[row];
                var dot = Dot(g, from);
                var curves = dot * s * s / F.CreateTruncating(C);
                var (scale, curve) = (S.Broadcast(s), S.Broadcast(curves));
                var i = 0;
                for (; i <= C - S.Lanes; i += S.Lanes)
                {
                    var gradient = weight is null ? S.Load(g + i) : S.Multiply(S.Load(g + i), S.Load(weight + i));
                    var value = S.Multiply(S.Subtract(gradient, S.Multiply(S.Load(from + i), curve)), scale);
                    S.Store(add ? S.Add(S.Load(to + i), value) : value, to + i);
                }

                for (; i < C; i++)
                {
                    var value = (g[i] * (weight is null ? F.One : weight[i]) - from[i] * curves) * s;
                    to[i] = add ? to[i] + value : value;
                }
            }
        }

        private F Dot(F* g, F* from) // Σ dy·w·x
        {
            if (weight is null)
                return VectorMath<S, V, F>.Dot(g, from, C);
            V sums = default;
            var i = 0;
            for (; i <= C - S.Lanes; i += S.Lanes)
                sums = S.MultiplyAdd(S.Multiply(S.Load(g + i), S.Load(weight + i)), S.Load(from + i), sums);
            var sum = S.Sum(sums);
            for (; i < C; i++)
                sum += g[i] * weight[i] * from[i];
            return sum;
        }
    }
}
