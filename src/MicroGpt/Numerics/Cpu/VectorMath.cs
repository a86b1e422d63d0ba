using System.Numerics;
using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Functions of a whole register, and loops over rows that more than one kernel needs.</summary>
internal static unsafe class VectorMath<S, V, F>
    where S : struct, ISimd<V, F>
    where V : unmanaged
    where F : unmanaged, IFloatingPointIeee754<F>
{
    /// <summary>
    /// eˣ, within 1 ulp for floats and 2 for doubles. Below the smallest normal number it is 0; beyond x = 88.37626 (709.4361393 for
    /// doubles) it stays at the value there, 0.7 of the largest finite number, instead of becoming infinite; NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        // (low, high): e^low is the smallest normal number, e^high the largest whose n still fits the exponent.
        var low = S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? -87.33654 : -708.3964185322641));
        var high = S.Broadcast(F.CreateTruncating(typeof(F) == typeof(float) ? 88.37626 : 709.4361393));
        // x > low is false for NaN too, so 0 is chosen by comparing the other way round.
        return S.SelectGreater(low, x, default, ExpInRange(S.Min(high, S.Max(low, x))));
    }

    /// <summary>The same for arguments known to be in the range where the result is a normal number, or NaN.</summary>
    /// <remarks>
    /// x = n·ln 2 + r with integer n, and eˣ = 2ⁿ·eʳ. ln 2 is taken off in two parts, the first with so many trailing zero bits that
    /// its product with n is exact.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpInRange(V x)
    {
        var n = NearestPowerOfTwo(x);
        return S.ScaleByPowerOfTwo(ExpNearZero(Rest(x, n)), n);
    }

    /// <summary>n, such that x = n ln 2 + r with |r| hardly more than ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NearestPowerOfTwo(V x) => S.Round(S.Multiply(x, S.Broadcast(F.CreateTruncating(1.4426950408889634))));

    /// <summary>That r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Rest(V x, V n)
    {
        var r = typeof(F) == typeof(float)
            ? S.MultiplyAdd(n, S.Broadcast(F.CreateTruncating(-0.693359375)), x)
            : S.MultiplyAdd(n, S.Broadcast(F.CreateTruncating(-0.6931471803691238)), x);
        return typeof(F) == typeof(float)
            ? S.MultiplyAdd(n, S.Broadcast(F.CreateTruncating(2.12194440e-4)), r)
            : S.MultiplyAdd(n, S.Broadcast(F.CreateTruncating(-1.9082149292705877e-10)), r);
    }

    /// <summary>
    /// 2ˣ, within 1 ulp for floats and 2 for doubles, for arguments known to be from −126 to 127 (−1022 to 1023 for doubles), or NaN;
    /// two instructions cheaper than eˣ.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2InRange(V x)
    {
        var n = S.Round(x);
        var r = S.Multiply(S.Subtract(x, n), S.Broadcast(F.CreateTruncating(0.6931471805599453))); // the difference is exact
        return S.ScaleByPowerOfTwo(ExpNearZero(r), n);
    }

    /// <summary>eˣ − 1, within 2 ulp, for arguments as above that are not positive: near zero no digits are lost.</summary>
    /// <remarks>2ⁿ eʳ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1), where the last is exact unless it is −1 but for rounding.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1InRange(V x)
    {
        var one = S.Broadcast(F.One);
        var n = NearestPowerOfTwo(x);
        var r = Rest(x, n);
        var power = S.ScaleByPowerOfTwo(one, n);
        return S.MultiplyAdd(power, S.Multiply(r, Slope(r)), S.Subtract(power, one));
    }

    /// <summary>
    /// eʳ for |r| ≤ ½ ln 2 = 0.3466. Floats: 1 + r + r² p(r), with the p of degree 4 whose largest relative error is the least, 3·10⁻⁹
    /// (found by reweighted least squares). Doubles: the Taylor sum up to r¹³; the next term is 4·10⁻¹⁸.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpNearZero(V r) => Horner(Slope(r), r, 1.0);

    /// <summary>(eʳ − 1) / r, by the polynomials said above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Slope(V r)
    {
        V sum;
        if (typeof(F) == typeof(float))
        {
            sum = S.Broadcast(F.CreateTruncating(0.001381459878757596));
            sum = Horner(sum, r, 0.008368716575205326);
            sum = Horner(sum, r, 0.04166838899254799);
            sum = Horner(sum, r, 0.1666652113199234);
            sum = Horner(sum, r, 0.4999999403953552);
        }
        else
        {
            sum = S.Broadcast(F.CreateTruncating(1.0 / 6227020800));
            sum = Horner(sum, r, 1.0 / 479001600);
            sum = Horner(sum, r, 1.0 / 39916800);
            sum = Horner(sum, r, 1.0 / 3628800);
            sum = Horner(sum, r, 1.0 / 362880);
            sum = Horner(sum, r, 1.0 / 40320);
            sum = Horner(sum, r, 1.0 / 5040);
            sum = Horner(sum, r, 1.0 / 720);
            sum = Horner(sum, r, 1.0 / 120);
            sum = Horner(sum, r, 1.0 / 24);
            sum = Horner(sum, r, 1.0 / 6);
            sum = Horner(sum, r, 1.0 / 2);
        }

        return Horner(sum, r, 1.0);
    }

    /// <summary>The first <paramref name="count"/> lanes from memory, zeros behind them.</summary>
    /// <remarks>Not for loops: it is a call. Inlined, it would be worse: a variable whose address is taken lives in memory.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V LoadPartial(F* source, int count)
    {
        V value = default;
        Unsafe.CopyBlockUnaligned(&value, source, (uint)(count * sizeof(F)));
        return value;
    }

    /// <summary>The first <paramref name="count"/> lanes to memory; not for loops either.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePartial(V value, F* destination, int count) =>
        Unsafe.CopyBlockUnaligned(destination, &value, (uint)(count * sizeof(F)));

    /// <summary>Σ a[i]·b[i].</summary>
    public static F Dot(F* a, F* b, int count)
    {
        V s0 = default, s1 = default;
        var i = 0;
        for (; i <= count - 2 * S.Lanes; i += 2 * S.Lanes)
        {
            s0 = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), s0);
            s1 = S.MultiplyAdd(S.Load(a + i + S.Lanes), S.Load(b + i + S.Lanes), s1);
        }

        for (; i <= count - S.Lanes; i += S.Lanes)
            s0 = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), s0);
        var sum = S.Sum(S.Add(s0, s1));
        for (; i < count; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Σ a[i].</summary>
    public static F Sum(F* a, int count)
    {
        V sums = default;
        var i = 0;
        for (; i <= count - S.Lanes; i += S.Lanes)
            sums = S.Add(sums, S.Load(a + i));
        var sum = S.Sum(sums);
        for (; i < count; i++)
            sum += a[i];
        return sum;
    }

    /// <summary>The largest a[i], of at least one; which, where one is NaN, is not said: a sum of exponentials shows it anyway.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static F Max(F* a, int count)
    {
        if (count >= S.Lanes)
        {
            var largests = S.Load(a + count - S.Lanes);
            for (var i = 0; i < count - S.Lanes; i += S.Lanes)
                largests = S.Max(largests, S.Load(a + i));
            return S.Largest(largests);
        }

        var largest = a[0];
        for (var i = 1; i < count; i++)
            largest = a[i] > largest ? a[i] : largest;
        return largest;
    }

    /// <summary>Replaces a[i] by exp(scale·a[i] − shift) and returns the sum of the results.</summary>
    public static F ExpAndSum(F* a, F scale, F shift, int count) => ExpAndSum(a, a, scale, shift, count);

    /// <summary>Σ exp(scale·a[i] − shift); the terms go to <paramref name="y"/>, which may be a, or nowhere where it is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static F ExpAndSum(F* a, F* y, F scale, F shift, int count)
    {
        if (count < S.Lanes)
            return ExpAndSumOfFew(a, y, scale, shift, count);
        var scales = S.Broadcast(scale);
        var shifts = S.Broadcast(-shift);
        V sums = default;
        var begin = count - S.Lanes; // of the last register, which may overlap the one before
        var last = S.Load(a + begin); // before the one before is stored
        var i = 0;
        for (; i < begin; i += S.Lanes)
        {
            var e = Exp(S.MultiplyAdd(S.Load(a + i), scales, shifts));
            if (y is not null)
                S.Store(e, y + i);
            sums = S.Add(sums, e);
        }

        last = Exp(S.MultiplyAdd(last, scales, shifts));
        if (y is not null)
            S.Store(last, y + begin);
        return S.Sum(S.Add(sums, ZeroBefore(i - begin, last)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static F ExpAndSumOfFew(F* a, F* y, F scale, F shift, int count)
    {
        var e = Exp(S.MultiplyAdd(LoadPartial(a, count), S.Broadcast(scale), S.Broadcast(-shift)));
        if (y is not null)
            StorePartial(e, y, count);
        return S.Sum(S.SelectGreater(S.Broadcast(F.CreateTruncating(count)), S.Indices, e, default));
    }

    /// <summary>The value with zeros in the lanes before <paramref name="first"/>: those that an overlapping register repeats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ZeroBefore(int first, V value) =>
        S.SelectGreater(S.Broadcast(F.CreateTruncating(first)), S.Indices, default, value);

    /// <summary>y[i] = a·x[i], or y[i] += a·x[i].</summary>
    public static void Scale(F a, F* x, F* y, int count, bool add)
    {
        var factor = S.Broadcast(a);
        var i = 0;
        if (add)
        {
            for (; i <= count - S.Lanes; i += S.Lanes)
                S.Store(S.MultiplyAdd(factor, S.Load(x + i), S.Load(y + i)), y + i);
            for (; i < count; i++)
                y[i] += a * x[i];
        }
        else
        {
            for (; i <= count - S.Lanes; i += S.Lanes)
                S.Store(S.Multiply(factor, S.Load(x + i)), y + i);
            for (; i < count; i++)
                y[i] = a * x[i];
        }
    }

    /// <summary>The next step of a polynomial: sum·r + coefficient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Horner(V sum, V r, double coefficient) =>
        S.MultiplyAdd(sum, r, S.Broadcast(F.CreateTruncating(coefficient)));
}
