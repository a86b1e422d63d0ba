using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private const int SquaresPerItem = 4096;

    internal override double SumOfSquares(Tensor x)
    {
        // One partial sum an item, added up in order: the items are the same for any number of threads.
        var items = (x.Shape.Count + SquaresPerItem - 1) / SquaresPerItem;
        if (items == 1)
        {
            var sum = 0.0;
            Spread(new SumOfSquaresWork(Data(x), &sum, x.Shape.Count), items, SquaresPerItem);
            return sum;
        }

        lock (_reducing)
        {
            var sums = (double*)PartialSums((long)items * sizeof(double));
            Spread(new SumOfSquaresWork(Data(x), sums, x.Shape.Count), items, SquaresPerItem);
            var total = 0.0;
            for (var item = 0; item < items && !IsMeta; item++) // where there is no memory, there are no sums
                total += sums[item];
            return total;
        }
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
        var factors = new AdamWFactors(
            F.CreateTruncating(update.GradScale),
            F.CreateTruncating(1 - update.LearningRate * update.WeightDecay),
            F.CreateTruncating(update.LearningRate / update.MeanBias),
            F.CreateTruncating(1 / Math.Sqrt(update.VarianceBias)),
            F.CreateTruncating(update.Beta1), F.CreateTruncating(update.Beta2), F.CreateTruncating(update.Epsilon));
        Spread(
            new AdamWWork(
                Data(update.Parameter), Data(update.Parameter.Grad!), Data(update.Mean), Data(update.Variance), count, factors),
            (count + S.Lanes - 1) / S.Lanes, 16L * S.Lanes, 4 * S.Lanes * sizeof(F));
    }

    /// <summary>What is the same for all elements.</summary>
    private readonly record struct AdamWFactors(
        F GradScale,
        F Keep,                  // 1 − η λ
        F Rate,                  // η, corrected for the mean's zero start
        F InverseRootCorrection, // for the variance's
        F Beta1,
        F Beta2,
        F Epsilon);

    private readonly struct AdamWWork(F* x, F* g, F* m, F* v, int count, AdamWFactors factors) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            var (scale, keep, rate) = (S.Broadcast(factors.GradScale), S.Broadcast(factors.Keep), S.Broadcast(factors.Rate));
            var (b1, c1) = (S.Broadcast(factors.Beta1), S.Broadcast(F.One - factors.Beta1));
            var (b2, c2) = (S.Broadcast(factors.Beta2), S.Broadcast(F.One - factors.Beta2));
            var (correction, epsilon) = (S.Broadcast(factors.InverseRootCorrection), S.Broadcast(factors.Epsilon));
            var last = Math.Min(end * S.Lanes, count);
            var i = begin * S.Lanes;
            for (; i <= last - S.Lanes; i += S.Lanes)
            {
                var gradient = S.Multiply(scale, S.Load(g + i));
                var mean = S.MultiplyAdd(b1, S.Load(m + i), S.Multiply(c1, gradient));
                var variance = S.MultiplyAdd(b2, S.Load(v + i), S.Multiply(c2, S.Multiply(gradient, gradient)));
                var step = S.Divide(S.Multiply(rate, mean), S.MultiplyAdd(S.Sqrt(variance), correction, epsilon));
                var value = S.Subtract(S.Multiply(keep, S.Load(x + i)), step);
                S.Store(mean, m + i);
                S.Store(variance, v + i);
                S.Store(value, x + i);
            }

            if (i < last)
                Rest(i, last - i, (F*)scratch);
        }

        /// <summary>The last, partial register: the same on a copy with zeros behind it.</summary>
        private void Rest(int first, int lanes, F* copy)
        {
            new Span<F>(copy, 4 * S.Lanes).Clear();
            Copy(x + first, copy);
            Copy(g + first, copy + S.Lanes);
            Copy(m + first, copy + 2 * S.Lanes);
            Copy(v + first, copy + 3 * S.Lanes);
            new AdamWWork(copy, copy + S.Lanes, copy + 2 * S.Lanes, copy + 3 * S.Lanes, S.Lanes, factors).Run(0, 1, null);
            Copy(copy, x + first);
            Copy(copy + 2 * S.Lanes, m + first);
            Copy(copy + 3 * S.Lanes, v + first);

            void Copy(F* from, F* to) => new Span<F>(from, lanes).CopyTo(new Span<F>(to, lanes));
        }
    }
}
