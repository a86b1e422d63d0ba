using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class AddTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device, run => new Add(run.Operand("a", n), run.Operand("b", n), run.Result("y", n)), $"Add of {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void A_tensor_added_to_itself_gets_its_gradient_twice(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 1; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device,
                run =>
                {
                    var a = run.Operand("a", 2, n);
                    return new Add(a, a, run.Result("y", 2, n));
                },
                $"Add of {n} to itself");
    }
}
