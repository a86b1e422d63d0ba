using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// With u = √(2/π) (x + 0.044715 x³), ½ (1 + tanh u) is the logistic function σ(2u) = 1 / (1 + exp(−2u)), so y = x σ(2u): one
// exponential and one division.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Gelu operation)
    {
        var (x, y) = (operation.X, operation.Y);
        Map<GeluFunction>(Data(x), Data(x), Data(y), x.Shape.Count, add: false);
    }

    internal override void Backward(in Gelu operation) => MapGradient<GeluGradient>(operation.X, operation.Y);

    // Properties, which the JIT folds into constants; it would check in the loop whether static fields are initialized already.
    private static F MinusTwoRootTwoOverPi => F.CreateTruncating(-1.5957691216057308); // −2 √(2/π)
    private static F Cubic => F.CreateTruncating(0.044715);
    private static F ThreeCubic => F.CreateTruncating(3 * 0.044715);

    private readonly struct GeluFunction : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V unused)
        {
            var square = S.Multiply(x, x);
            var u = S.MultiplyAdd(S.Multiply(square, x), S.Broadcast(Cubic), x);
            var e = VectorMath<S, V, F>.Exp(S.Multiply(u, S.Broadcast(MinusTwoRootTwoOverPi)));
            return S.Divide(x, S.Add(S.Broadcast(F.One), e));
        }
    }

    // dy/dx = σ + x σ (1 − σ) 2u′ with 2u′ = 2 √(2/π) (1 + 3·0.044715 x²)
    private readonly struct GeluGradient : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V dy)
        {
            var one = S.Broadcast(F.One);
            var square = S.Multiply(x, x);
            var u = S.MultiplyAdd(S.Multiply(square, x), S.Broadcast(Cubic), x);
            var factor = S.Broadcast(MinusTwoRootTwoOverPi);
            var sigma = S.Divide(one, S.Add(one, VectorMath<S, V, F>.Exp(S.Multiply(u, factor))));
            var minusTwoSlope = S.Multiply(factor, S.MultiplyAdd(square, S.Broadcast(ThreeCubic), one));
            // x σ (σ − 1) (−2u′)
            var curve = S.Multiply(S.Multiply(x, S.Multiply(sigma, S.Subtract(sigma, one))), minusTwoSlope);
            return S.Multiply(dy, S.Add(sigma, curve));
        }
    }
}
