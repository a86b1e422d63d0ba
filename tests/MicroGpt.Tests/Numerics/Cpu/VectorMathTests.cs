using System.Numerics;
using System.Runtime.Intrinsics;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class VectorMathTests
{
    // The range in which the result is a normal number and the exponent fits: see VectorMath.Exp.
    private const float LowestSingle = -87.33654f, HighestSingle = 88.37626f;
    private const double LowestDouble = -708.3964185322641, HighestDouble = 709.4361393;

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exp_of_floats_is_within_one_ulp_over_its_whole_range(int bits)
    {
        var worst = 0.0;
        foreach (var chunk in Singles().Chunk(4096))
        {
            var y = Exp(bits, chunk);
            for (var i = 0; i < y.Length; i++)
            {
                var exact = Math.Exp(chunk[i]);
                worst = Math.Max(worst, Math.Abs(y[i] - exact) / (MathF.BitIncrement((float)exact) - (double)(float)exact));
            }
        }

        Assert.InRange(worst, 0.5, 1);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exp_of_doubles_is_within_two_ulp_of_the_runtimes(int bits)
    {
        var random = new MicroGpt.Numerics.MersenneTwister(1);
        var worst = 0.0;
        for (var chunk = 0; chunk < 50; chunk++)
        {
            var x = new double[4001];
            for (var i = 0; i < x.Length; i++)
                x[i] = (i % 2 == 0 ? 1 : Math.Pow(2, -random.NextInt32(60))) // large and tiny ones
                    * (LowestDouble + random.NextDouble() * (HighestDouble - LowestDouble));
            var y = Exp(bits, x);
            for (var i = 0; i < y.Length; i++)
            {
                var exact = Math.Exp(x[i]);
                worst = Math.Max(worst, Math.Abs(y[i] - exact) / (Math.BitIncrement(exact) - exact));
            }
        }

        Assert.InRange(worst, 0, 2);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exp_is_zero_below_its_range_constant_above_it_and_NaN_of_NaN(int bits)
    {
        float[] x =
        [
            float.NaN, float.NegativeInfinity, float.MinValue, -1000, -87.4f, 88.4f, 88.8f, 1000, float.MaxValue, float.PositiveInfinity,
        ];
        var y = Exp(bits, x);
        Assert.True(float.IsNaN(y[0]));
        Assert.All(y[1..5], value => Assert.Equal(0, value));
        Assert.All(y[5..], value => Assert.Equal(Exp(bits, [HighestSingle])[0], value));
        Assert.InRange(y[9], 2.4e38f, float.MaxValue);

        double[] z = [double.NaN, double.NegativeInfinity, -1e300, -708.5, 709.5, 1e300, double.PositiveInfinity];
        var e = Exp(bits, z);
        Assert.True(double.IsNaN(e[0]));
        Assert.All(e[1..4], value => Assert.Equal(0, value));
        Assert.All(e[4..], value => Assert.Equal(Exp(bits, [HighestDouble])[0], value));
        Assert.InRange(e[6], 1.2e308, double.MaxValue);
    }

    [Fact]
    public void Exp_of_zero_is_one()
    {
        Assert.Equal([1f, 1f], Exp(512, [0f, -0f]));
        Assert.Equal([1.0, 1.0], Exp(512, [0.0, -0.0]));
    }

    /// <summary>Every 2,003rd float of the range, all exponents among them: about a million.</summary>
    private static IEnumerable<float> Singles()
    {
        yield return LowestSingle;
        yield return HighestSingle;
        for (var bits = 0u; BitConverter.UInt32BitsToSingle(bits) <= HighestSingle; bits += 2003)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            yield return x;
            if (-x >= LowestSingle)
                yield return -x;
        }
    }

    private static F[] Exp<F>(int bits, ReadOnlySpan<F> x) where F : unmanaged, IFloatingPointIeee754<F> => bits switch
    {
        512 => Exp<Simd512<F>, Vector512<F>, F>(x),
        256 => Exp<Simd256<F>, Vector256<F>, F>(x),
        _ => Exp<Simd128<F>, Vector128<F>, F>(x),
    };

    private static unsafe F[] Exp<S, V, F>(ReadOnlySpan<F> x)
        where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F>
    {
        var y = x.ToArray();
        fixed (F* first = y)
            VectorMath<S, V, F>.ExpAndSum(first, F.One, F.Zero, y.Length);
        return y;
    }
}
