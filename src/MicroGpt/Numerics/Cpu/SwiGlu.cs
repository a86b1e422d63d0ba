using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// silu(x) = x σ(x), computed on the negative side as in Gelu.cs: with m = −|x| and e = exp(m), σ(m) = e / (1 + e).
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in SwiGlu operation)
    {
        var y = operation.Y;
        Map<SwiGluFunction>(Data(operation.Gate), Data(operation.Up), Data(y), y.Shape.Count, add: false);
    }

    // dup = dy silu(gate);  dgate = dy up silu′(gate): both at once, for they share the exponential and the division.
    internal override void Backward(in SwiGlu operation)
    {
        var (gate, up, count) = (operation.Gate, operation.Up, operation.Y.Shape.Count);
        var dy = Data(operation.Y.Grad!);
        var dUp = BeginGrad(up, out var addUp);
        var addGate = false;
        var dGate = gate.RequiresGrad && gate.TryTakeGrad(operation.Y) ? dy : BeginGrad(gate, out addGate); // it may be written over dy
        Spread(
            new SwiGluBackward(Data(gate), Data(up), dy, dGate, dUp, count, addGate, addUp),
            (count + S.Lanes - 1) / S.Lanes, 12 * S.Lanes);
    }

    private readonly struct SwiGluFunction : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V gate, V up)
        {
            var m = SiluSide(gate);
            var e = VectorMath<S, V, F>.ExpInRange(m);
            var silu = S.MultiplyAdd(m, S.Divide(e, S.Add(S.Broadcast(F.One), e)), S.Max(default, gate));
            return S.Multiply(silu, up);
        }
    }

    private readonly struct SwiGluBackward(F* gate, F* up, F* dy, F* dGate, F* dUp, int count, bool addGate, bool addUp) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var i = begin * S.Lanes;
            var last = Math.Min(end * S.Lanes, count);
            for (; i <= last - S.Lanes; i += S.Lanes)
            {
                Gradients(S.Load(gate + i), S.Load(up + i), S.Load(dy + i), out var forGate, out var forUp);
                // Where gate and up are one tensor, the second adds to what the first has stored.
                if (dUp is not null)
                    S.Store(addUp ? S.Add(S.Load(dUp + i), forUp) : forUp, dUp + i);
                if (dGate is not null)
                    S.Store(addGate ? S.Add(S.Load(dGate + i), forGate) : forGate, dGate + i);
            }

            if (i < last)
                Rest(i, last - i);
        }

        private void Rest(int i, int lanes)
        {
            Gradients(Load(gate + i, lanes), Load(up + i, lanes), Load(dy + i, lanes), out var forGate, out var forUp);
            if (dUp is not null)
                VectorMath<S, V, F>.StorePartial(addUp ? S.Add(Load(dUp + i, lanes), forUp) : forUp, dUp + i, lanes);
            if (dGate is not null)
                VectorMath<S, V, F>.StorePartial(addGate ? S.Add(Load(dGate + i, lanes), forGate) : forGate, dGate + i, lanes);

            static V Load(F* from, int lanes) => VectorMath<S, V, F>.LoadPartial(from, lanes);
        }

        // silu′(m) = σ + m σ (1 − σ) with 1 − σ = 1 / (1 + e), and silu′(−m) = 1 − silu′(m)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Gradients(V gate, V up, V dy, out V forGate, out V forUp)
        {
            var one = S.Broadcast(F.One);
            var m = SiluSide(gate);
            var e = VectorMath<S, V, F>.ExpInRange(m);
            var rest = S.Divide(one, S.Add(one, e));
            var sigma = S.Multiply(e, rest);
            var slope = S.Multiply(sigma, S.MultiplyAdd(m, rest, one));
            slope = S.SelectGreater(gate, default, S.Subtract(one, slope), slope);
            forUp = S.Multiply(dy, S.MultiplyAdd(m, sigma, S.Max(default, gate)));
            forGate = S.Multiply(S.Multiply(dy, up), slope);
        }
    }

    /// <summary>−|x|, but no less than where exp is still a normal number; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SiluSide(V x) =>
        S.Max(S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? -87 : -708)), S.NegativeAbs(x));
}
