using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// With e = exp(−2|x|), at most 1, tanh |x| = (1 − e) / (1 + e), so that nothing overflows. Near 0 it is right to a rounding of 1, not of
// itself; sums of it with other numbers lose nothing by that.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Tanh operation) =>
        Map<TanhFunction>(Data(operation.X), Data(operation.X), Data(operation.Y), operation.Y.Shape.Count, add: false);

    internal override void Backward(in Tanh operation) => MapGradient<TanhGradient>(operation.X, operation.Y);

    private readonly struct TanhFunction : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V unused) => HyperbolicTangent(x);
    }

    private readonly struct TanhGradient : IElementWise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V dy) => TimesTanhSlope(dy, HyperbolicTangent(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V HyperbolicTangent(V x)
    {
        var one = S.Broadcast(F.One);
        var e = VectorMath<S, V, F>.ExpInRange(SiluSide(S.Add(x, x)));
        var positive = S.Divide(S.Subtract(one, e), S.Add(one, e));
        return S.SelectGreater(x, default, positive, S.Subtract(default, positive));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sigmoid(V x)
    {
        var one = S.Broadcast(F.One);
        var e = VectorMath<S, V, F>.ExpInRange(SiluSide(x));
        return S.Divide(S.SelectGreater(x, default, one, e), S.Add(one, e));
    }

    /// <summary>dy (1 − t²): what the tangent t passes back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V TimesTanhSlope(V dy, V t) => S.Multiply(dy, S.Subtract(S.Broadcast(F.One), S.Multiply(t, t)));

    /// <summary>dy s (1 − s): what the sigmoid s passes back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V TimesSigmoidSlope(V dy, V s) => S.Multiply(dy, S.Multiply(s, S.Subtract(S.Broadcast(F.One), s)));
}
