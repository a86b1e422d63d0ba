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

    internal override void Backward(in LayerNorm operation) => NormBackward(
        operation.X, operation.Weight, operation.Bias, Data(operation.Mean), operation.InverseDeviation, operation.Y, operation.X.Shape.Last);

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
}
