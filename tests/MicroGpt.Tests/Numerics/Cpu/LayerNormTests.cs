using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class LayerNormTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_row_length_with_and_without_weight_and_bias_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var c = 1; c <= 2 * KernelAssert.Lanes(bits, dtype) + 1; c++)
            for (var which = 0; which < 4; which++)
                Compare(device, 1 + (c + which) % 5, c, which % 2 > 0, which / 2 > 0);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_rows_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var rows = 0; rows <= 14; rows++)
            Compare(device, rows, 5, weight: true, bias: true);
    }

    [Fact]
    public void Several_threads_share_the_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 3);
        Compare(device, 150, 70, weight: true, bias: true);
    }

    private static void Compare(Device device, int rows, int C, bool weight, bool bias) =>
        KernelAssert.SameAsNaive(
            device,
            run => new LayerNorm(
                run.Operand("x", rows, C), weight ? run.Operand("weight", C) : null, bias ? run.Operand("bias", C) : null, 1e-2,
                run.Result("mean", rows), run.Result("inverse deviation", rows), run.Result("y", rows, C)),
            $"LayerNorm of {rows} × {C}{(weight ? " with weight" : "")}{(bias ? " with bias" : "")}");
}
