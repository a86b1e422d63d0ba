using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class RmsNormTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_row_length_with_and_without_weight_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var c = 1; c <= 4 * KernelAssert.Lanes(bits, dtype) + 1; c++) // its sums take two registers at once
            Compare(device, 1 + c % 5, c, weight: c % 2 == 0);
        for (var c = 1; c <= 2 * KernelAssert.Lanes(bits, dtype) + 1; c++)
            Compare(device, 1 + c % 5, c, weight: c % 2 == 1);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_rows_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        foreach (var rows in Enumerable.Range(0, 15).Concat([31, 32, 33, 64, 65, 100])) // 32 rows are an item of work going backward
            Compare(device, rows, 5, weight: true);
    }

    [Fact]
    public void Several_threads_share_the_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 3);
        Compare(device, 150, 70, weight: true);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Parts_of_rows_are_normalized_by_themselves(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var size = 1; size <= 2 * KernelAssert.Lanes(bits, dtype) + 1; size++)
            Compare(device, rows: 13, C: 3 * size, weight: size % 2 == 0, size);
    }

    private static void Compare(Device device, int rows, int C, bool weight, int? size = null) =>
        KernelAssert.SameAsNaive(
            device,
            run => new RmsNorm(
                run.Operand("x", rows, C), weight ? run.Operand("weight", size ?? C) : null, size ?? C, 1e-2,
                run.Result("inverse", size is null ? rows : rows * C / size.Value), run.Result("y", rows, C)),
            $"RmsNorm of {rows} × {C} by {size}{(weight ? " with weight" : "")}");
}
