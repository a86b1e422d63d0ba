using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class ShiftTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
        {
            KernelAssert.SameAsNaive(
                device, run => new Shift(run.Operand("x", 2, n % 5, n), null, 0, run.Result("y", 2, n % 5, n)), $"Shift of 2 × {n % 5} × {n}");
            foreach (var past in new[] { 0, 3 })
                KernelAssert.SameAsNaive(
                    device,
                    run => new Shift(run.Operand("x", 2, n % 5, n), run.Changed("the row before", 2, n), past, run.Result("y", 2, n % 5, n)),
                    $"Shift of 2 × {n % 5} × {n} behind {past}", backward: false);
        }
    }
}
