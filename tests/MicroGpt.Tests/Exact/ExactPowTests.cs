using System.Runtime.Intrinsics;
using MicroGpt.Exact;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;
using MicroGpt.Training;

namespace MicroGpt.Tests.Exact;

/// <summary>Powers without pow are pow's, bit for bit.</summary>
public sealed class ExactPowTests
{
    private const int Rounds = 1000;

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Each_power_is_that_of_pow(int bits)
    {
        AssertPow<ExactPow.Inverse>(bits);
        AssertPow<ExactPow.InverseSquare>(bits);
        AssertPow<ExactPow.InverseRoot>(bits);
        AssertPow<ExactPow.InverseRootCubed>(bits);
    }

    /// <summary>
    /// Adam beside its own formula, on gradients from 0 over numbers whose square vanishes to 1e100, each parameter's of a size of
    /// its own that grows and shrinks.
    /// </summary>
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public unsafe void Adam_is_that_of_pow(int bits)
    {
        var pass = ExactPass.Create(vocabularySize: 27, bits);
        var options = Recipe.Microgpt.Options;
        var random = new MersenneTwister(3);
        var (p, m, v) = (new double[pass.ParameterCount], new double[pass.ParameterCount], new double[pass.ParameterCount]);
        for (var i = 0; i < p.Length; i++)
            p[i] = pass.Parameters[i] = random.NextGaussian(0, 0.08);

        for (var step = 1; step <= 300; step++)
        {
            var rate = 0.01 * (1 - step / 1000.0);
            var (correction1, correction2) = (1 - Math.Pow(options.Beta1, step), 1 - Math.Pow(options.Beta2, step));
            for (var i = 0; i < p.Length; i++)
            {
                var size = i % 8 == 0 ? random.NextInt32(500) - 400 : -(i % 40) / 4;
                var g = random.NextInt32(16) == 0 || i % 100 == 0 ? 0 : random.NextGaussian() * Math.Pow(10, size);
                pass.Gradients[i] = g;
                m[i] = options.Beta1 * m[i] + (1 - options.Beta1) * g;
                v[i] = options.Beta2 * v[i] + (1 - options.Beta2) * Math.Pow(g, 2);
                p[i] -= rate * (m[i] / correction1) / (Math.Pow(v[i] / correction2, 0.5) + options.Epsilon);
            }

            pass.Update(step, rate, options);
            for (var i = 0; i < p.Length; i++)
                Assert.True(p[i].Equals(pass.Parameters[i]), $"step {step}, parameter {i}: {p[i]:R} expected, {pass.Parameters[i]:R} came.");
        }
    }

    private static void AssertPow<TPower>(int bits) where TPower : struct, ExactPow.IPower
    {
        if (bits == 512)
            AssertPow<Simd512<double>, Vector512<double>, TPower>();
        else if (bits == 256)
            AssertPow<Simd256<double>, Vector256<double>, TPower>();
        else
            AssertPow<Simd128<double>, Vector128<double>, TPower>();
    }

    /// <summary>Numbers from 1e-6 to 1e6, small integers, and neighbours of powers of two; 1 to 16 of them in a row.</summary>
    private static unsafe void AssertPow<S, R, TPower>()
        where S : struct, ISimd<R, double>
        where R : unmanaged
        where TPower : struct, ExactPow.IPower
    {
        var random = new MersenneTwister(5);
        var x = stackalloc double[4 * ExactPass.T];
        var y = stackalloc double[4 * ExactPass.T];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < 4 * ExactPass.T; i++)
                x[i] = (i % 4) switch
                {
                    0 => 1 + random.NextInt32(30),
                    1 => Math.ScaleB(1 + (random.NextInt32(7) - 3) * Math.ScaleB(1, -52), random.NextInt32(20) - 10),
                    _ => Math.Pow(10, 12 * random.NextDouble() - 6),
                };
            var count = 1 + round % ExactPass.T;
            ExactPow.Raise<S, R, TPower>(x, y, 4, count);
            for (var row = 0; row < 4; row++)
                for (var p = row * ExactPass.T; p < row * ExactPass.T + count; p++)
                    Assert.True(Math.Pow(x[p], TPower.Exponent).Equals(y[p]), $"{x[p]:R} to the power {TPower.Exponent} came out as {y[p]:R}.");
        }
    }
}
