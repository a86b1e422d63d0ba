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

    internal override void Backward(in Gelu operation)
    {
        var x = operation.X;
        if (!x.RequiresGrad)
            return;
        var add = x.BeginGrad();
        Map<GeluGradient>(Data(x), Data(operation.Y.Grad!), Data(x.Grad), x.Shape.Count, add);
    }

    private static readonly F s_minusTwoRootTwoOverPi = F.CreateTruncating(-1.5957691216057308); // −2 √(2/π)
    private static readonly F s_cubic = F.CreateTruncating(0.044715);
    private static readonly F s_threeCubic = F.CreateTruncating(3 * 0.044715);

    private readonly struct GeluFunction : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V unused)
        {
            var square = S.Multiply(x, x);
            var u = S.MultiplyAdd(S.Multiply(square, x), S.Broadcast(s_cubic), x);
            var e = VectorMath<S, V, F>.Exp(S.Multiply(u, S.Broadcast(s_minusTwoRootTwoOverPi)));
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
            var u = S.MultiplyAdd(S.Multiply(square, x), S.Broadcast(s_cubic), x);
            var factor = S.Broadcast(s_minusTwoRootTwoOverPi);
            var sigma = S.Divide(one, S.Add(one, VectorMath<S, V, F>.Exp(S.Multiply(u, factor))));
            var minusTwoSlope = S.Multiply(factor, S.MultiplyAdd(square, S.Broadcast(s_threeCubic), one));
            // x σ (σ − 1) (−2u′)
            var curve = S.Multiply(S.Multiply(x, S.Multiply(sigma, S.Subtract(sigma, one))), minusTwoSlope);
            return S.Multiply(dy, S.Add(sigma, curve));
        }
    }
}
