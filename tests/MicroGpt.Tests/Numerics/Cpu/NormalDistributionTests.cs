using System.Numerics;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>Φ, and with it the error function, against double precision.</summary>
public sealed class NormalDistributionTests
{
    [Theory]
    [InlineData(-0.25, 0.401293674317076276)]
    [InlineData(-0.5, 0.308537538725986896)]
    [InlineData(-1, 0.158655253931457051)]
    [InlineData(-3, 0.00134989803163009453)]
    [InlineData(-10, 7.61985302416052607e-24)]
    [InlineData(-37, 5.72557122252457682e-300)]
    public void The_oracle_knows_published_values(double x, double phi) =>
        Assert.InRange(VectorFunction.Ulps(NaiveNormal.Cumulative(x), phi), 0, 3);

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Floats_are_relatively_as_close_as_stated(int bits)
    {
        Assert.InRange(Worst(-1, 0), 0.5, 3);
        Assert.InRange(Worst(-3, -1), 0.5, 16);
        Assert.InRange(Worst(-5.6f, -3), 0.5, 160);

        double Worst(float least, float most) =>
            VectorFunction.WorstUlps<Cumulative>(bits, VectorFunction.Singles(least, most), NaiveNormal.Cumulative);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void The_error_function_is_within_one_and_a_quarter_ulp(int bits)
    {
        // erf(|m|/√2) = 1 − 2Φ(m) has twice the error of Φ; 2⁻²⁴ is an ulp of numbers from ½ to 1.
        var worst = 0.0;
        foreach (var chunk in VectorFunction.Singles(-10.6f, 0, 8009).Chunk(4096))
            foreach (var (m, phi) in chunk.Zip(VectorFunction.Map<Cumulative, float>(bits, chunk)))
                worst = Math.Max(worst, 2 * Math.Abs(phi - NaiveNormal.Cumulative(m)) * (1 << 24));
        Assert.InRange(worst, 0.25, 1.25);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Doubles_are_within_ten_ulp(int bits) =>
        Assert.InRange(VectorFunction.WorstUlps<Cumulative>(bits, VectorFunction.Doubles(-37.5, 0, 10_000), NaiveNormal.Cumulative), 0.5, 10);

    private sealed class Cumulative : IVectorFunction
    {
        public static V Apply<S, V, F>(V x)
            where S : struct, ISimd<V, F> where V : unmanaged where F : unmanaged, IFloatingPointIeee754<F> =>
            NormalDistribution<S, V, F>.Cumulative(x);
    }
}
