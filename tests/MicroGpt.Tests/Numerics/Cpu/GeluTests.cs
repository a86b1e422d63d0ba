using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class GeluTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(device, run => new Gelu(run.Operand("x", 3, n), run.Result("y", 3, n)), $"Gelu of 3 × {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void It_is_right_from_minus_twelve_to_twelve(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var x = run.Operand("x", 2401);
                for (var i = 0; i < 2401; i++)
                    x[i] = (float)(i - 1200) / 100;
                return new Gelu(x, run.Result("y", 2401));
            },
            "Gelu from −12 to 12");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Far_from_zero_it_is_the_identity_or_nothing(int bits, DType dtype) =>
        ActivationAssert.IsTheIdentityOrNothingFarFromZero(bits, dtype, (x, y) => new Gelu(x, y));

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Floats_are_within_two_ulp_above_minus_one_nine_to_minus_three_and_thirty_to_minus_5_6(int bits)
    {
        Assert.InRange(Worst(-1, 12), 0.5, 2);
        Assert.InRange(Worst(-3, -1), 0.5, 9);
        Assert.InRange(Worst(-5.6f, -3), 0.5, 30);

        double Worst(float least, float most) => ActivationAssert.WorstUlps(bits, least, most, (x, y) => new Gelu(x, y), Exact);

        static double Exact(double x) => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }
}
