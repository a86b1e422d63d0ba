using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    /// <summary>The elements of an item of work, a multiple of all registers. Each has sums of its own, which are added up in order afterwards.</summary>
    private const int ElementsPerSum = 4096;

    internal override void Forward(in WeightedSum operation)
    {
        var (a, b, y) = (operation.A, operation.B, operation.Y);
        var count = y.Shape.Count;
        Spread(
            new WeightedSumForward(Data(a), Data(b), Data(y), new Factor(operation.Alpha), new Factor(operation.Beta), count),
            Items(count), 2L * ElementsPerSum);
    }

    // da = α dy;  db = β dy;  dα = Σ dy·a, times the fixed factor;  dβ = Σ dy·b, likewise.
    internal override void Backward(in WeightedSum operation)
    {
        var (a, b, y) = (operation.A, operation.B, operation.Y);
        var count = y.Shape.Count;
        var dy = Data(y.Grad!);
        var items = Items(count);
        var dB = BeginGrad(b, out var addB);
        var addA = false;
        var dA = a.RequiresGrad && a.TryTakeGrad(y) ? dy : BeginGrad(a, out addA); // it may be written over dy
        var dAlpha = BeginGrad(operation.Alpha.Learned, out var addAlpha);
        var dBeta = BeginGrad(operation.Beta.Learned, out var addBeta);
        lock (_reducing)
        {
            var sums = dAlpha is null && dBeta is null ? null : (F*)PartialSums(2L * items * sizeof(F)); // (items) for α, as much for β
            Spread(
                new WeightedSumBackward(
                    Data(a), Data(b), dy, dA, dB, new Factor(operation.Alpha), new Factor(operation.Beta), addA, addB,
                    dAlpha is null ? null : sums, dBeta is null ? null : sums + items, count),
                items, 4L * ElementsPerSum);
            if (dAlpha is not null)
                AddUp(operation.Alpha, sums, dAlpha, addAlpha);
            if (dBeta is not null)
                AddUp(operation.Beta, sums + items, dBeta, addBeta);
        }

        void AddUp(Coefficient coefficient, F* sums, F* gradient, bool add) =>
            Spread(
                new CoefficientGradient(
                    sums, items, coefficient.Factor, gradient, coefficient.Index, add ? 0 : coefficient.Learned!.Shape.Count),
                1, items);
    }

    private static int Items(int count) => (count + ElementsPerSum - 1) / ElementsPerSum;

    /// <summary>A coefficient where kernels find it: its learned part is read when they run.</summary>
    private readonly struct Factor(Coefficient coefficient)
    {
        private readonly F* _learned = coefficient.Learned is { } learned ? Data(learned) + coefficient.Index : null;
        private readonly F _fixed = F.CreateTruncating(coefficient.Factor);

        public V Value => S.Broadcast(_learned is null ? _fixed : _fixed * *_learned);
    }

    private readonly struct WeightedSumForward(F* a, F* b, F* y, Factor alpha, Factor beta, int count) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            F* one = a, other = b, to = y;
            var (alphas, betas) = (alpha.Value, beta.Value);
            var i = (long)begin * ElementsPerSum;
            var last = Math.Min((long)end * ElementsPerSum, count);
            for (; i <= last - S.Lanes; i += S.Lanes)
                S.Store(S.MultiplyAdd(S.Load(one + i), alphas, S.Multiply(S.Load(other + i), betas)), to + i);
            if (i < last)
                Rest(i, (int)(last - i), alphas, betas);
        }

        private void Rest(long i, int lanes, V alphas, V betas) =>
            VectorMath<S, V, F>.StorePartial(
                S.MultiplyAdd(
                    VectorMath<S, V, F>.LoadPartial(a + i, lanes), alphas,
                    S.Multiply(VectorMath<S, V, F>.LoadPartial(b + i, lanes), betas)),
                y + i, lanes);
    }

    private readonly struct WeightedSumBackward(
        F* a, F* b, F* dy, F* dA, F* dB, Factor alpha, Factor beta, bool addA, bool addB, F* sumsA, F* sumsB, int count) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var first = (long)item * ElementsPerSum;
                var n = (int)Math.Min(ElementsPerSum, count - first);
                if (sumsA is not null)
                    sumsA[item] = VectorMath<S, V, F>.Dot(dy + first, a + first, n);
                if (sumsB is not null)
                    sumsB[item] = VectorMath<S, V, F>.Dot(dy + first, b + first, n);
                // Where a and b are one tensor, the second adds to what the first has stored; da may lie where dy lies.
                if (dB is not null)
                    Scale(beta.Value, dy + first, dB + first, n, addB);
                if (dA is not null)
                    Scale(alpha.Value, dy + first, dA + first, n, addA);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Scale(V factor, F* x, F* y, int count, bool add)
        {
            var i = 0;
            for (; i <= count - S.Lanes; i += S.Lanes)
                S.Store(S.MultiplyAdd(factor, S.Load(x + i), add ? S.Load(y + i) : default), y + i);
            if (i < count)
            {
                var value = S.Multiply(factor, VectorMath<S, V, F>.LoadPartial(x + i, count - i));
                VectorMath<S, V, F>.StorePartial(
                    add ? S.Add(VectorMath<S, V, F>.LoadPartial(y + i, count - i), value) : value, y + i, count - i);
            }
        }
    }

    /// <summary>The gradient of one learned number, in one item. A double adds the sums up: a float would lose digits over many of them.</summary>
    private readonly struct CoefficientGradient(F* sums, int items, double factor, F* gradient, int index, int cleared) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var sum = 0.0;
            for (var item = 0; item < items; item++)
                sum += double.CreateTruncating(sums[item]);
            new Span<F>(gradient, cleared).Clear();
            gradient[index] += F.CreateTruncating(factor * sum);
        }
    }
}
