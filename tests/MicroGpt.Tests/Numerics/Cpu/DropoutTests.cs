using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class DropoutTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        foreach (var n in new[] { 0, 1, 7, 33, 5000 })
            KernelAssert.SameAsNaive(device, run => new Dropout(run.Operand("x", n), 0.3, 7, run.Result("y", n)), $"Dropout of {n}");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void As_many_are_dropped_as_should_be_and_the_sum_stays(double p)
    {
        const int Count = 100_000;
        var y = Ones(p, seed: 1, place: 0);
        Assert.Equal(p, y.Count(value => value == 0) / (double)Count, 0.005);
        Assert.All(y.Where(value => value != 0), value => Assert.Equal(1 / (1 - p), value, 1e-5));
        Assert.Equal(p, Ones(p, seed: 1, place: 1).Zip(y).Count(pair => pair.First == 0 && pair.Second == 0) / (Count * p), 0.01); // independent
        Assert.Equal(y, Ones(p, seed: 1, place: 0));
        Assert.NotEqual(y, Ones(p, seed: 2, place: 0));

        static float[] Ones(double p, ulong seed, int place)
        {
            using var device = KernelAssert.Create(256, DType.Float32, threads: (int)seed);
            var x = Tensor.Parameter(device, "x", new Shape(Count));
            x.AsSpan<float>().Fill(1);
            return new Tape(device) { DropoutSeed = seed }.Dropout(x, p, place).AsSpan<float>().ToArray();
        }
    }
}
