using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class ReluSquaredTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device, run => new ReluSquared(run.Operand("x", 3, n), run.Result("y", 3, n)), $"ReluSquared of 3 × {n}");
    }
}
