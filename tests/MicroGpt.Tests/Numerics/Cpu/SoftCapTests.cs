using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class SoftCapTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device, run => new SoftCap(run.Operand("x", 3, n), 0.7, run.Result("y", 3, n)), $"SoftCap of 3 × {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Small_numbers_keep_their_digits_and_large_ones_reach_the_cap(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        double[] values = [0, 1e-30, 1e-8, 3e-5, 1e-3, 0.02, 0.4, 3, 5, 8, 40, 1000, 1e30];
        var (x, y) = (Tensor.Zeros(device, "x", new Shape(2 * values.Length + 1)), Tensor.Zeros(device, "y", new Shape(2 * values.Length + 1)));
        for (var i = 0; i < values.Length; i++)
            (x[2 * i], x[2 * i + 1]) = (values[i], -values[i]);
        x[2 * values.Length] = double.NaN;
        new SoftCap(x, 15, y).Forward(device);
        for (var i = 0; i < 2 * values.Length; i++)
        {
            var exact = 15 * Math.Tanh(x[i] / 15);
            Assert.Equal(exact, y[i], (dtype == DType.Float32 ? 5e-7 : 1e-15) * Math.Abs(exact));
        }

        Assert.True(double.IsNaN(y[2 * values.Length]));
    }
}
