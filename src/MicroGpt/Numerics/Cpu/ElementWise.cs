using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// The loop that drives every operation in which y[i] depends on the i-th elements alone. The last, partial register goes
// through the same instructions as the others, so an element's result does not depend on where it stands.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Fill(Tensor x, double value) =>
        Spread(new FillWork(Data(x), F.CreateTruncating(value)), x.Shape.Count, 1);

    private readonly struct FillWork(F* x, F value) : IWork
    {
        public void Run(int begin, int end, byte* scratch) => new Span<F>(x + begin, end - begin).Fill(value);
    }

    /// <summary>A function of the corresponding elements of two tensors; the second is ignored by functions of one.</summary>
    private interface IElementWise
    {
        static abstract V Apply(V a, V b);
    }

    /// <summary>y[i] = f(a[i], b[i]), or y[i] += f(a[i], b[i]).</summary>
    private void Map<TFunction>(F* a, F* b, F* y, int count, bool add) where TFunction : struct, IElementWise =>
        Spread(new ElementWiseWork<TFunction>(a, b, y, count, add), (count + S.Lanes - 1) / S.Lanes, 8 * S.Lanes);

    /// <summary>dx[i] = f(x[i], dy[i]), in the memory of dy where that can be had.</summary>
    private void MapGradient<TFunction>(Tensor x, Tensor y) where TFunction : struct, IElementWise
    {
        if (!x.RequiresGrad)
            return;
        var dy = Data(y.Grad!);
        var add = !x.TryTakeGrad(y) && x.BeginGrad();
        Map<TFunction>(Data(x), dy, Data(x.Grad!), x.Shape.Count, add);
    }

    private readonly struct ElementWiseWork<TFunction>(F* a, F* b, F* y, int count, bool add) : IWork
        where TFunction : struct, IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            // Copies: what lies in memory would be read again in every round, as a store might have changed it.
            F* from = a, other = b, to = y;
            var adds = add;
            var i = begin * S.Lanes;
            var last = Math.Min(end * S.Lanes, count);
            for (; i <= last - S.Lanes; i += S.Lanes)
            {
                var value = TFunction.Apply(S.Load(from + i), S.Load(other + i));
                S.Store(adds ? S.Add(S.Load(to + i), value) : value, to + i);
            }

            if (i < last)
                Rest(i, last - i);
        }

        private void Rest(int i, int lanes)
        {
            var value = TFunction.Apply(VectorMath<S, V, F>.LoadPartial(a + i, lanes), VectorMath<S, V, F>.LoadPartial(b + i, lanes));
            if (add)
                value = S.Add(VectorMath<S, V, F>.LoadPartial(y + i, lanes), value);
            VectorMath<S, V, F>.StorePartial(value, y + i, lanes);
        }
    }
}
