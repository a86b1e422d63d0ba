using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private const int SquaresPerItem = 4096;

    internal override double SumOfSquares(Tensor x)
    {
        // One partial sum an item, added up in order: the items are the same for any number of threads.
        var items = (x.Shape.Count + SquaresPerItem - 1) / SquaresPerItem;
        Span<double> partial = items <= 1024 ? stackalloc double[items] : new double[items];
        fixed (double* sums = partial)
            Spread(new SumOfSquaresWork(Data(x), sums, x.Shape.Count), items, SquaresPerItem);
        var sum = 0.0;
        foreach (var part in partial)
            sum += part;
        return sum;
    }

    private readonly struct SumOfSquaresWork(F* x, double* sums, int count) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var first = x + (long)item * SquaresPerItem;
                sums[item] = double.CreateTruncating(
                    VectorMath<S, V, F>.Dot(first, first, Math.Min(SquaresPerItem, count - item * SquaresPerItem)));
            }
        }
    }

    internal override void Update(in AdamWUpdate update)
    {
        var count = update.Parameter.Shape.Count;
        Spread(
            new AdamWWork(
                Data(update.Parameter), Data(update.Parameter.Grad!), Data(update.Mean), Data(update.Variance), count,
                F.CreateTruncating(update.GradScale),
                F.CreateTruncating(1 - update.LearningRate * update.WeightDecay),
                F.CreateTruncating(update.LearningRate / (1 - Math.Pow(update.Beta1, update.Step))),
                F.CreateTruncating(1 / Math.Sqrt(1 - Math.Pow(update.Beta2, update.Step))),
                F.CreateTruncating(update.Beta1), F.CreateTruncating(update.Beta2), F.CreateTruncating(update.Epsilon)),
            (count + S.Lanes - 1) / S.Lanes, 16L * S.Lanes);
    }

    private readonly struct AdamWWork(
        F* x, F* g, F* m, F* v, int count, F gradScale, F keep, F rate, F inverseRootCorrection, F beta1, F beta2, F epsilon) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            var (scale, keeps, rates) = (S.Broadcast(gradScale), S.Broadcast(keep), S.Broadcast(rate));
            var (b1, c1, b2, c2) = (S.Broadcast(beta1), S.Broadcast(F.One - beta1), S.Broadcast(beta2), S.Broadcast(F.One - beta2));
            var (correction, eps) = (S.Broadcast(inverseRootCorrection), S.Broadcast(epsilon));
            var last = Math.Min(end * S.Lanes, count);
            for (var i = begin * S.Lanes; i < last; i += S.Lanes)
            {
                var lanes = Math.Min(S.Lanes, last - i);
                var whole = lanes == S.Lanes;
                var gradient = S.Multiply(scale, Load(g + i, whole, lanes));
                var mean = S.MultiplyAdd(b1, Load(m + i, whole, lanes), S.Multiply(c1, gradient));
                var variance = S.MultiplyAdd(b2, Load(v + i, whole, lanes), S.Multiply(c2, S.Multiply(gradient, gradient)));
                var step = S.Divide(S.Multiply(rates, mean), S.MultiplyAdd(S.Sqrt(variance), correction, eps));
                Store(mean, m + i, whole, lanes);
                Store(variance, v + i, whole, lanes);
                Store(S.Subtract(S.Multiply(keeps, Load(x + i, whole, lanes)), step), x + i, whole, lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Load(F* from, bool whole, int lanes) =>
            whole ? S.Load(from) : VectorMath<S, V, F>.LoadPartial(from, lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(V value, F* to, bool whole, int lanes)
        {
            if (whole)
                S.Store(value, to);
            else
                VectorMath<S, V, F>.StorePartial(value, to, lanes);
        }
    }
}
