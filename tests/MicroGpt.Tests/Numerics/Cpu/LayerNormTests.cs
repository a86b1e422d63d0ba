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
        foreach (var rows in Enumerable.Range(0, 15).Concat([31, 32, 33, 64, 65, 100])) // 32 rows are an item of work going backward
            Compare(device, rows, 5, weight: true, bias: true);
    }

    [Fact]
    public void Several_threads_share_the_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 3);
        Compare(device, 150, 70, weight: true, bias: true);
    }

    [Theory, ClassData(typeof(Widths))]
    public void The_gradients_of_many_rows_are_the_same_bits_for_any_number_of_threads(int bits, DType dtype)
    {
        var expected = Gradients(1);
        foreach (var threads in new[] { 2, 3 })
            for (var i = 0; i < 5; i++)
                Assert.Equal(expected, Gradients(threads));

        byte[] Gradients(int threads)
        {
            using var device = KernelAssert.Create(bits, dtype, threads);
            var run = new OperationRun(device, addToGradients: true);
            var operation = Build(run, 300, 150, weight: true, bias: true);
            run.Forward(operation);
            run.Backward(operation);
            return [.. operation.X.Grad!.Bytes, .. operation.Weight!.Grad!.Bytes, .. operation.Bias!.Grad!.Bytes];
        }
    }

    private static void Compare(Device device, int rows, int C, bool weight, bool bias) =>
        KernelAssert.SameAsNaive(
            device, run => Build(run, rows, C, weight, bias),
            $"LayerNorm of {rows} × {C}{(weight ? " with weight" : "")}{(bias ? " with bias" : "")}");

    private static LayerNorm Build(OperationRun run, int rows, int C, bool weight, bool bias) => new(
        run.Operand("x", rows, C), weight ? run.Operand("weight", C) : null, bias ? run.Operand("bias", C) : null, 1e-2,
        run.Result("mean", rows), run.Result("inverse deviation", rows), run.Result("y", rows, C));
}
