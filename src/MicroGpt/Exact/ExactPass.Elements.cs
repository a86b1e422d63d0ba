using System.Runtime.CompilerServices;

namespace MicroGpt.Exact;

// What is done number by number: embedding, residuals, ReLU.
internal sealed unsafe partial class ExactPass<S, R>
{
    /// <summary>x = the token's row + the position's row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Embed()
    {
        for (var p = 0; p < _count; p++)
        {
            var token = _tokens.Weights + _inputs[p] * C;
            var place = _places.Weights + p * C;
            for (var c = 0; c < C; c++)
                _embedded.X[c * T + p] = token[c] + place[c];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardEmbedding(double* dx)
    {
        new Span<double>(_tokens.Gradient, V * C).Clear();
        new Span<double>(_places.Gradient, T * C).Clear();
        for (var p = _count - 1; p >= 0; p--)
        {
            var token = _tokens.Gradient + _inputs[p] * C;
            var place = _places.Gradient + p * C;
            for (var c = 0; c < C; c++)
            {
                token[c] += dx[c * T + p];
                place[c] += dx[c * T + p];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(double* a, double* b, double* sum, int channels)
    {
        for (var p = 0; p < _count; p += S.Lanes)
            for (var c = p; c < channels * T; c += T)
                S.Store(S.Add(S.Load(a + c), S.Load(b + c)), sum + c);
    }

    /// <summary>ReLU, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rectify(double* x, int channels)
    {
        for (var p = 0; p < _count; p += S.Lanes)
            for (var c = p; c < channels * T; c += T)
                S.Store(S.Max(S.Load(x + c), default), x + c);
    }

    /// <summary>The gradient stays where ReLU let something through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RectifyBackward(double* y, double* dy, int channels)
    {
        for (var p = 0; p < _count; p += S.Lanes)
            for (var c = p; c < channels * T; c += T)
                S.Store(S.SelectGreater(S.Load(y + c), default, S.Load(dy + c), default), dy + c);
    }
}
