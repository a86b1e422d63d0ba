using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class ReluTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(device, run => new Relu(run.Operand("x", 3, n), run.Result("y", 3, n)), $"Relu of 3 × {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Zero_has_the_slope_zero_and_what_is_not_a_number_stays_so(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var x = run.Operand("x", 40);
                for (var i = 0; i < 40; i += 3)
                    x[i] = 0;
                x[39] = double.NaN;
                return new Relu(x, run.Result("y", 40));
            },
            "Relu with zeros");
    }
}
