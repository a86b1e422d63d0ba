using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class SwiGluTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device, run => new SwiGlu(run.Operand("gate", 3, n), run.Operand("up", 3, n), run.Result("y", 3, n)), $"SwiGlu of 3 × {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Gates_wide_open_and_closed_are_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var gate = run.Operand("gate", 2401);
                for (var i = 0; i < 2401; i++)
                    gate[i] = (float)(i - 1200) / 10;
                return new SwiGlu(gate, run.Operand("up", 2401), run.Result("y", 2401));
            },
            "SwiGlu from −120 to 120");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Far_from_zero_the_gate_is_the_identity_or_nothing(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        ActivationAssert.IsTheIdentityOrNothingFarFromZero(bits, dtype, (x, y) =>
        {
            var ones = Tensor.Zeros(device, "up", x.Shape);
            for (var i = 0; i < x.Shape.Count; i++)
                ones[i] = 1;
            return new SwiGlu(x, ones, y);
        });
    }

    [Fact]
    public void One_gradient_alone_is_computed_where_the_other_operand_is_frozen()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        foreach (var frozen in (string[])["gate", "up"])
            KernelAssert.SameAsNaive(
                device,
                run =>
                {
                    var (gate, up) = (run.Operand("gate", 21), run.Operand("up", 21));
                    (frozen == "gate" ? gate : up).RequiresGrad = false;
                    return new SwiGlu(gate, up, run.Result("y", 21));
                },
                $"SwiGlu with frozen {frozen}");
    }
}
