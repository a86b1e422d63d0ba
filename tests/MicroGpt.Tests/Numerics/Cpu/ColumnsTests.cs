using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class ColumnsTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        for (var n = 1; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            foreach (var count in new[] { 1, (n + 1) / 2, n })
                KernelAssert.SameAsNaive(
                    device, run => new Columns(run.Operand("x", 3, n), run.Result("y", 3, count)), $"The first {count} columns of 3 × {n}");
    }
}
