using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// With u = −2 |x| / cap and w = eᵘ − 1, tanh(|x| / cap) = −w / (2 + w): no digits are lost where x is small.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in SoftCap operation)
    {
        var (x, y) = (operation.X, operation.Y);
        Spread(
            new SoftCapForward(Data(x), Data(y), F.CreateTruncating(operation.Cap), x.Shape.Count),
            (x.Shape.Count + S.Lanes - 1) / S.Lanes, 12 * S.Lanes);
    }

    // dx = dy (1 − (y / cap)²)
    internal override void Backward(in SoftCap operation)
    {
        var (x, y) = (operation.X, operation.Y);
        if (!x.RequiresGrad)
            return;
        var dy = Data(y.Grad!);
        var add = !x.TryTakeGrad(y) && x.BeginGrad();
        Spread(
            new SoftCapBackward(Data(y), dy, Data(x.Grad!), F.CreateTruncating(operation.Cap), x.Shape.Count, add),
            (x.Shape.Count + S.Lanes - 1) / S.Lanes, 8 * S.Lanes);
    }

    private readonly struct SoftCapForward(F* x, F* y, F cap, int count) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            F* from = x, to = y;
            var caps = S.Broadcast(cap);
            var doubled = S.Broadcast(F.CreateTruncating(2) / cap);
            var i = begin * S.Lanes;
            var last = Math.Min(end * S.Lanes, count);
            for (; i <= last - S.Lanes; i += S.Lanes)
                S.Store(Apply(S.Load(from + i), caps, doubled), to + i);
            if (i < last)
                Rest(i, last - i);
        }

        private void Rest(int i, int lanes) =>
            VectorMath<S, V, F>.StorePartial(
                Apply(VectorMath<S, V, F>.LoadPartial(x + i, lanes), S.Broadcast(cap), S.Broadcast(F.CreateTruncating(2) / cap)), y + i, lanes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Apply(V x, V caps, V doubled)
        {
            // From −44 on (doubles: −708), eᵘ is nothing beside 1.
            var u = S.Max(S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? -44 : -708)), S.Multiply(S.NegativeAbs(x), doubled));
            var w = VectorMath<S, V, F>.ExpM1InRange(u);
            var negative = S.Multiply(caps, S.Divide(w, S.Add(S.Broadcast(F.CreateTruncating(2)), w))); // −|y|
            return S.SelectGreater(x, default, S.Subtract(default, negative), negative);
        }
    }

    private readonly struct SoftCapBackward(F* y, F* dy, F* dx, F cap, int count, bool add) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            F* from = y, gradient = dy, to = dx;
            var adds = add;
            var inverse = S.Broadcast(F.One / cap);
            var i = begin * S.Lanes;
            var last = Math.Min(end * S.Lanes, count);
            for (; i <= last - S.Lanes; i += S.Lanes)
            {
                var value = Apply(S.Load(from + i), S.Load(gradient + i), inverse);
                S.Store(adds ? S.Add(S.Load(to + i), value) : value, to + i);
            }

            if (i < last)
                Rest(i, last - i, inverse);
        }

        private void Rest(int i, int lanes, V inverse)
        {
            var value = Apply(VectorMath<S, V, F>.LoadPartial(y + i, lanes), VectorMath<S, V, F>.LoadPartial(dy + i, lanes), inverse);
            if (add)
                value = S.Add(VectorMath<S, V, F>.LoadPartial(dx + i, lanes), value);
            VectorMath<S, V, F>.StorePartial(value, dx + i, lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Apply(V y, V dy, V inverse)
        {
            var t = S.Multiply(y, inverse);
            return S.Multiply(dy, S.Subtract(S.Broadcast(F.One), S.Multiply(t, t)));
        }
    }
}
