using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// The activations of the form f(x) = x·G(x), with a gate G that rises from 0 to 1 and has G(−x) = 1 − G(x). With m = −|x| then
// f(x) = max(x, 0) + m·G(m) and f′(x) = f′(m), or 1 − f′(m) where x is positive: the gate is needed on one side only, where it
// is small and nothing is lost by cancelling.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Gelu operation) => GateForward<TanhGate>(operation.X, operation.Y);

    internal override void Backward(in Gelu operation) => MapGradient<GatedGradient<TanhGate>>(operation.X, operation.Y);

    private void GateForward<TGate>(Tensor x, Tensor y) where TGate : struct, IGate =>
        Map<Gated<TGate>>(Data(x), Data(x), Data(y), x.Shape.Count, add: false);

    private interface IGate
    {
        /// <summary>A negative number at which the gate is as good as closed, within 10⁻²¹ of 0; what is below counts as it.</summary>
        static abstract V Closed { get; }

        /// <summary>G(m) for m ≤ 0.</summary>
        static abstract V At(V m);

        /// <summary>f′(m) = G(m) + m·G′(m) for m ≤ 0.</summary>
        static abstract V Slope(V m);
    }

    private readonly struct Gated<TGate> : IElementWise where TGate : struct, IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V unused)
        {
            var m = NegativeSide<TGate>(x);
            return S.MultiplyAdd(m, TGate.At(m), S.Max(default, x));
        }
    }

    private readonly struct GatedGradient<TGate> : IElementWise where TGate : struct, IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V dy)
        {
            var slope = TGate.Slope(NegativeSide<TGate>(x));
            return S.Multiply(dy, S.SelectGreater(x, default, S.Subtract(S.Broadcast(F.One), slope), slope));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NegativeSide<TGate>(V x) where TGate : struct, IGate => S.Max(TGate.Closed, S.NegativeAbs(x)); // NaN stays NaN

    // G(x) = ½ (1 + tanh u) = σ(2u) = e / (1 + e) with u = √(2/π) (x + 0.044715 x³) and e = exp(2u): one exponential and one division.
    // Floats: f is within 2 ulp for x ≥ −1, 9 down to −3, 30 down to −5.6.
    private readonly struct TanhGate : IGate
    {
        private const double Cubic = 0.044715;
        private const double TwoRootTwoOverPi = 1.5957691216057308; // 2 √(2/π)
        private const double InPowersOfTwo = 2.302208198144325;     // the same / ln 2

        // 2u / ln 2 is still more than −126 there, the least exponent of a normal number (−1022 for doubles).
        public static V Closed
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? -9.9 : -21));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At(V m)
        {
            var e = Exponential(m, S.Multiply(m, m));
            return S.Divide(e, S.Add(S.Broadcast(F.One), e));
        }

        // f′ = σ + m σ (1 − σ) 2u′ with 1 − σ = 1 / (1 + e) and 2u′ = 2 √(2/π) (1 + 3·0.044715 m²)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope(V m)
        {
            var one = S.Broadcast(F.One);
            var square = S.Multiply(m, m);
            var e = Exponential(m, square);
            var rest = S.Divide(one, S.Add(one, e));
            var change = S.MultiplyAdd(
                square, S.Broadcast(F.CreateTruncating(3 * Cubic * TwoRootTwoOverPi)), S.Broadcast(F.CreateTruncating(TwoRootTwoOverPi)));
            return S.Multiply(S.Multiply(e, rest), S.MultiplyAdd(S.Multiply(m, rest), change, one));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Exponential(V m, V square) =>
            VectorMath<S, V, F>.Exp2InRange(S.Multiply(m, S.MultiplyAdd(
                square, S.Broadcast(F.CreateTruncating(Cubic * InPowersOfTwo)), S.Broadcast(F.CreateTruncating(InPowersOfTwo)))));
    }
}
