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
    public void Exp_of_floats_is_within_one_ulp_over_its_whole_range(int bits) =>
        Assert.InRange(VectorFunction.WorstUlps<Exp>(bits, VectorFunction.Singles(LowestSingle, HighestSingle), Math.Exp), 0.5, 1);

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exp_of_doubles_is_within_two_ulp_of_the_runtimes(int bits) =>
        Assert.InRange(VectorFunction.WorstUlps<Exp>(bits, VectorFunction.Doubles(LowestDouble, HighestDouble), Math.Exp), 0, 2);

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Powers_of_two_are_within_one_ulp_for_floats_and_two_for_doubles(int bits)
    {
        Assert.InRange(VectorFunction.WorstUlps<Exp2>(bits, VectorFunction.Singles(-126, 127), x => Math.Pow(2, x)), 0.5, 1);
        Assert.InRange(VectorFunction.WorstUlps<Exp2>(bits, VectorFunction.Doubles(-1022, 1023), x => Math.Pow(2, x)), 0, 2);
        Assert.Equal([1f, 8f, 1 / 1024f], VectorFunction.Map<Exp2, float>(bits, [0f, 3f, -10f]));
        Assert.True(float.IsNaN(VectorFunction.Map<Exp2, float>(bits, [float.NaN])[0]));
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
        var y = VectorFunction.Map<Exp, float>(bits, x);
        Assert.True(float.IsNaN(y[0]));
        Assert.All(y[1..5], value => Assert.Equal(0, value));
        Assert.All(y[5..], value => Assert.Equal(VectorFunction.Map<Exp, float>(bits, [HighestSingle])[0], value));
        Assert.InRange(y[9], 2.4e38f, float.MaxValue);

        double[] z = [double.NaN, double.NegativeInfinity, -1e300, -708.5, 709.5, 1e300, double.PositiveInfinity];
        var e = VectorFunction.Map<Exp, double>(bits, z);
        Assert.True(double.IsNaN(e[0]));
        Assert.All(e[1..4], value => Assert.Equal(0, value));
        Assert.All(e[4..], value => Assert.Equal(VectorFunction.Map<Exp, double>(bits, [HighestDouble])[0], value));
        Assert.InRange(e[6], 1.2e308, double.MaxValue);
    }

    [Fact]
    public void Exp_of_zero_is_one()
    {
        Assert.Equal([1f, 1f], VectorFunction.Map<Exp, float>(512, [0f, -0f]));
        Assert.Equal([1.0, 1.0], VectorFunction.Map<Exp, double>(512, [0.0, -0.0]));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Exponentials_add_up_to_the_same_sum_where_they_are_stored_and_where_they_are_not(int bits)
    {
        for (var n = 1; n <= 50; n++)
        {
            var x = new float[n];
            for (var i = 0; i < n; i++)
                x[i] = MathF.Sin(i);
            var sum = ExpAndSum(bits, x, store: false);
            Assert.Equal(sum, ExpAndSum(bits, x, store: true));
            Assert.Equal(x.Sum(value => (double)value), sum, 1e-5 * n);
        }
    }

    private static unsafe float ExpAndSum(int bits, float[] x, bool store)
    {
        fixed (float* first = x)
        {
            var y = store ? first : null;
            return bits switch
            {
                512 => VectorMath<Simd512<float>, Vector512<float>, float>.ExpAndSum(first, y, 1, 0, x.Length),
                256 => VectorMath<Simd256<float>, Vector256<float>, float>.ExpAndSum(first, y, 1, 0, x.Length),
                _ => VectorMath<Simd128<float>, Vector128<float>, float>.ExpAndSum(first, y, 1, 0, x.Length),
            };
        }
    }

    private sealed class Exp : IVectorFunction
    {
        public static V Apply<S, V, F>(V x)
            where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F> => VectorMath<S, V, F>.Exp(x);
    }

    private sealed class Exp2 : IVectorFunction
    {
        public static V Apply<S, V, F>(V x)
            where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F> => VectorMath<S, V, F>.Exp2InRange(x);
    }
}
