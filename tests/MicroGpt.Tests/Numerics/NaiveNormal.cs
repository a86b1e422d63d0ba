namespace MicroGpt.Tests.Numerics;

/// <summary>The normal distribution in double precision, by its series and its continued fraction (Abramowitz, Stegun 26.2.11 and 26.2.14).</summary>
internal static class NaiveNormal
{
    /// <summary>Φ(x), below 0 within a few ulp.</summary>
    public static double Cumulative(double x) => x > 0 ? 1 - Tail(x) : Tail(-x);

    public static double Density(double x)
    {
        var square = x * x;
        var lost = Math.FusedMultiplyAdd(x, x, -square); // by rounding it, which matters where the square is large
        return Math.Exp(-square / 2) * (1 - lost / 2) / Math.Sqrt(2 * Math.PI);
    }

    private static double Tail(double a) // Φ(−a) for a ≥ 0
    {
        if (a < 0.7)
        {
            var (term, sum) = (a, a);
            for (var n = 3; n < 80; n += 2)
                sum += term *= a * a / n;
            return 0.5 - Density(a) * sum;
        }

        if (double.IsInfinity(a))
            return 0;
        var fraction = a;
        for (var n = 2000; n > 0; n--)
            fraction = a + n / fraction;
        return Density(a) / fraction;
    }
}
