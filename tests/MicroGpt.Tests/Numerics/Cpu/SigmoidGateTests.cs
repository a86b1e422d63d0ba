using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class SigmoidGateTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_head_size_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        for (var d = 0; d <= 2 * KernelAssert.Lanes(bits, dtype) + 1; d++)
            KernelAssert.SameAsNaive(
                device,
                run => new SigmoidGate(
                    run.Operand("x", 3, 2 * d), run.Operand("gates", 3, 2), 3, run.Result("open", 3, 2), run.Result("y", 3, 2 * d)),
                $"SigmoidGate of 3 × 2 × {d}");
    }

    [Fact]
    public void Gates_wide_open_and_closed_are_computed_as_by_the_formula()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var gates = run.Operand("gates", 401);
                for (var i = 0; i < 401; i++)
                    gates[i] = i - 200;
                return new SigmoidGate(run.Operand("x", 401), gates, 1, run.Result("open", 401), run.Result("y", 401));
            },
            "SigmoidGate from −200 to 200");
    }

    [Fact]
    public void One_gradient_alone_is_computed_where_the_other_operand_is_frozen()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        foreach (var frozen in (string[])["x", "gates"])
            KernelAssert.SameAsNaive(
                device,
                run =>
                {
                    var (x, gates) = (run.Operand("x", 3, 14), run.Operand("gates", 3, 2));
                    (frozen == "x" ? x : gates).RequiresGrad = false;
                    return new SigmoidGate(x, gates, 1, run.Result("open", 3, 2), run.Result("y", 3, 14));
                },
                $"SigmoidGate with frozen {frozen}");
    }
}
