using System.Numerics;
using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

/// <summary>
/// The lower half of the normal distribution, Φ(m) = ½ erfc(−m/√2) for m ≤ 0. It is the error function in the form that GELU
/// needs: erf(|x|/√2) = 1 − 2Φ(−|x|).
/// </summary>
internal static class NormalDistribution<S, V, F>
    where S : struct, ISimd<V, F>
    where V : unmanaged
    where F : unmanaged, IFloatingPointIeee754<F>
{
    /// <summary>The least m; below, the result would soon be no normal number.</summary>
    public static V Lowest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? -10.6 : -37.5));
    }

    /// <summary>
    /// Φ(m) for <see cref="Lowest"/> ≤ m ≤ 0. Floats: within 3.7·10⁻⁸, which makes 1 − 2Φ, the error function, right within 1.25 ulp
    /// from ½ to 1; relatively, within 3 ulp down to m = −1, 16 down to −3, 160 down to −5.6; below, it falls faster than Φ does.
    /// Doubles: within 10 ulp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cumulative(V m) => typeof(F) == typeof(float) ? Single(m) : Double(m);

    /// <summary>exp(−m²/2) / √(2π), for the same m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Density(V m) =>
        VectorMath<S, V, F>.Exp2InRange(S.MultiplyAdd(
            S.Multiply(m, m),
            S.Broadcast(F.CreateTruncating(-0.7213475204444817)),    // −½ / ln 2
            S.Broadcast(F.CreateTruncating(-1.3257480647361594)))); // −log₂ √(2π)

    /// <remarks>
    /// Φ(m) = 2^p(m), with p of degree 10 close to log₂ Φ: the one for which the largest of Φ·|p − log₂ Φ|, or of 10⁻⁴·|p − log₂ Φ| where
    /// that is more, is the least on −5.6 ≤ m ≤ 0 (found by reweighted least squares): it is 1.4·10⁻⁹. There is no division in it.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Single(V m)
    {
        var p = S.Broadcast(F.CreateTruncating(-3.8548662928405975e-8));
        p = VectorMath<S, V, F>.Horner(p, m, -1.0716835276980419e-6);
        p = VectorMath<S, V, F>.Horner(p, m, -1.2863019946962595e-5);
        p = VectorMath<S, V, F>.Horner(p, m, -8.528885518899187e-5);
        p = VectorMath<S, V, F>.Horner(p, m, -3.0277081532403827e-4);
        p = VectorMath<S, V, F>.Horner(p, m, -3.3958989661186934e-5);
        p = VectorMath<S, V, F>.Horner(p, m, 0.0069204275496304035);
        p = VectorMath<S, V, F>.Horner(p, m, 0.05243195965886116);
        p = VectorMath<S, V, F>.Horner(p, m, -0.45922160148620605);
        p = VectorMath<S, V, F>.Horner(p, m, 1.1511043310165405);
        p = VectorMath<S, V, F>.Horner(p, m, -1.0);
        return VectorMath<S, V, F>.Exp2InRange(p);
    }

    /// <remarks>
    /// With a = −m: Φ·exp(a²/2)·(a + 5) is a smooth function of t = (a − 5) / (a + 5) (the substitution of Shepherd and Laframboise,
    /// 1981), and the coefficients are those of its Chebyshev sum, in powers of t. a² is taken in two parts, h and what
    /// rounding it lost: exp(−a²/2) = exp(−h/2)·(1 − lost/2).
    /// </remarks>
    private static V Double(V m)
    {
        var a = S.Subtract(default, m);
        var u = S.Divide(S.Broadcast(F.One), S.Add(a, S.Broadcast(F.CreateTruncating(5))));
        var t = S.MultiplyAdd(u, S.Broadcast(F.CreateTruncating(-10)), S.Broadcast(F.One));
        V sum = default;
        foreach (var coefficient in Coefficients)
            sum = VectorMath<S, V, F>.Horner(sum, t, coefficient);

        var minusHalf = S.Broadcast(F.CreateTruncating(-0.5));
        var h = S.Multiply(a, a);
        var lost = S.MultiplyAdd(a, a, S.Subtract(default, h));
        var exp = VectorMath<S, V, F>.ExpInRange(S.Multiply(h, minusHalf));
        return S.Multiply(S.Multiply(S.Multiply(sum, u), exp), S.MultiplyAdd(lost, minusHalf, S.Broadcast(F.One)));
    }

    private static ReadOnlySpan<double> Coefficients => // the highest power first
    [
        1.2469361647258886e-10, -1.3312107430104123e-10, -1.5336075571602843e-9, 1.271375926027664e-9, 1.1239006700980541e-8,
        -6.940847374044487e-9, -7.037836390945985e-8, 3.857144856725707e-8, 4.363085517817334e-7, -3.3354271412310497e-7,
        -2.77066735773337e-6, 3.979361513829216e-6, 1.6681606239553063e-5, -4.9762327924579515e-5, -5.937579729300215e-5,
        5.448989683735629e-4, -7.97869391016416e-4, -0.002993376758978478, 0.020795066799424885, -0.06911863870707162,
        0.16502036617039925, -0.3135331566712814, 0.49530561596997624, -0.665382502890057, 0.769193049750063,
    ];
}
