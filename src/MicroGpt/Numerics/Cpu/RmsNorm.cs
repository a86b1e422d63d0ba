using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in RmsNorm operation)
    {
        var (x, C) = (operation.X, operation.Size);
        Spread(
            new RmsNormForward(
                Data(x), Data(operation.Weight, null), Data(operation.InverseRms), Data(operation.Y), C,
                F.CreateTruncating(operation.Epsilon)),
            operation.InverseRms.Shape.Count, 4L * C);
    }

    internal override void Backward(in RmsNorm operation) =>
        NormBackward(operation.X, operation.Weight, null, null, operation.InverseRms, operation.Y, operation.Size);

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
}
