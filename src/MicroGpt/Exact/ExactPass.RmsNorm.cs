using System.Runtime.CompilerServices;

namespace MicroGpt.Exact;

internal sealed unsafe partial class ExactPass<S, R>
{
    private RmsNorm NewNorm(double* x) => new(x, New(C * T), New(T), New(T), New(T));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(RmsNorm norm)
    {
        MeanSquare(norm, _count);
        ExactPow.Raise<S, R, ExactPow.InverseRoot>(norm.MeanSquare, norm.Scale, 1, _count);
        for (var p = 0; p < _count; p += S.Lanes)
        {
            var scale = S.Load(norm.Scale + p);
            for (var c = p; c < C * T; c += T)
                S.Store(S.Multiply(S.Load(norm.X + c), scale), norm.Y + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MeanSquare(RmsNorm norm, int count)
    {
        for (var p = 0; p < count; p += S.Lanes)
        {
            R sum = default;
            for (var c = p; c < C * T; c += T)
                sum = S.Add(sum, S.Multiply(S.Load(norm.X + c), S.Load(norm.X + c)));
            sum = S.Multiply(sum, S.Broadcast(1.0 / C)); // a power of two: as good as dividing
            S.Store(S.Add(sum, S.Broadcast(NormEpsilon)), norm.MeanSquare + p);
        }
    }

    /// <summary>
    /// With m the mean square and s = m^−½: dx = residual's gradient + dy·s + x·dm/C + x·dm/C, where dm = −½ m^−1.5 Σ x·dy, the sum
    /// over descending channels. The last term stands twice because the original's x·x hands it to each of its factors.
    /// </summary>
    private void Backward(RmsNorm norm, double* dy, double* residual, double* dx)
    {
        ExactPow.Raise<S, R, ExactPow.InverseRootCubed>(norm.MeanSquare, norm.Slope, 1, _count);
        Backward(norm, dy, residual, dx, _count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward(RmsNorm norm, double* dy, double* residual, double* dx, int count)
    {
        for (var p = 0; p < count; p += S.Lanes)
        {
            R sum = default;
            for (var c = (C - 1) * T + p; c >= 0; c -= T)
                sum = S.Add(sum, S.Multiply(S.Load(norm.X + c), S.Load(dy + c)));
            var slope = S.Multiply(S.Broadcast(-0.5), S.Load(norm.Slope + p));
            var square = S.Multiply(S.Multiply(slope, sum), S.Broadcast(1.0 / C));
            var scale = S.Load(norm.Scale + p);
            for (var c = p; c < C * T; c += T)
            {
                var both = S.Multiply(S.Load(norm.X + c), square);
                var direct = S.Add(S.Load(residual + c), S.Multiply(S.Load(dy + c), scale));
                S.Store(S.Add(S.Add(direct, both), both), dx + c);
            }
        }
    }

    /// <summary>What a norm keeps between forward and backward: x and y (C, T), for each position m and its powers (T).</summary>
    private sealed class RmsNorm(double* x, double* y, double* meanSquare, double* scale, double* slope)
    {
        public readonly double* X = x;
        public readonly double* Y = y;
        public readonly double* MeanSquare = meanSquare;
        public readonly double* Scale = scale;
        public readonly double* Slope = slope;
    }
}
