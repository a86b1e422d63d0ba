using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class EmbeddingTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_width_is_looked_up_and_ids_that_repeat_add_up(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var c = 0; c <= 2 * KernelAssert.Lanes(bits, dtype) + 1; c++)
            Compare(device, rows: 5, B: 2, T: 1 + c % 7, c);
    }

    [Fact]
    public void Several_threads_share_the_columns_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float32, threads: 3);
        Compare(device, rows: 40, B: 3, T: 60, C: 99);
    }

    [Fact]
    public void No_ids_and_no_rows_are_fine()
    {
        using var device = KernelAssert.Create(512, DType.Float32);
        Compare(device, rows: 5, B: 0, T: 3, C: 4);
        Compare(device, rows: 5, B: 3, T: 0, C: 4);
    }

    private static void Compare(Device device, int rows, int B, int T, int C) =>
        KernelAssert.SameAsNaive(
            device,
            run => new Embedding(run.Operand("table", rows, C), run.Integers(new Shape(B, T), 0, rows), run.Result("y", B, T, C)),
            $"Embedding of {B} × {T} rows of {C}");
}
