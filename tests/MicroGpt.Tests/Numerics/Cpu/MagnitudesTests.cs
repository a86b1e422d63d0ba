using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class MagnitudesTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_width_of_rows_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 1; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
        {
            KernelAssert.SameAsNaive(device, run => Create(run, 3, n), $"Magnitudes of {n}");
            KernelAssert.SameAsNaive(device, run => Norms(run, 3, n), $"RowNorms of {n}", backward: false);
        }
    }

    [Fact]
    public void Bias_and_residual_may_be_missing_and_parts_frozen()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        for (var parts = 0; parts < 4; parts++)
            for (var frozen = 0; frozen < 16; frozen++)
                KernelAssert.SameAsNaive(device, run => Create(run, 4, 19, parts, frozen), $"Magnitudes with {parts}, frozen {frozen}");
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var expected = Gradients(1);
        foreach (var threads in new[] { 2, 3 })
            Assert.Equal(expected, Gradients(threads));

        static float[] Gradients(int threads)
        {
            using var device = KernelAssert.Create(512, DType.Float32, threads);
            var run = new OperationRun(device, addToGradients: true);
            var operation = Create(run, 300, 301);
            run.Forward(operation);
            run.Backward(operation);
            return [.. run.Compared.SelectMany(compared => compared.Tensor.AsSpan<float>().ToArray())];
        }
    }

    private static RowNorms Norms(OperationRun run, int rank, int n) =>
        new(run.Operand("w", 5, n), run.Operand("a", rank, n), run.Operand("b", 5, rank), 0.7, run.Result("y", 5));

    private static Magnitudes Create(OperationRun run, int rows, int n, int parts = 3, int frozen = 0)
    {
        var (p, u, m) = (run.Operand("p", rows, n), run.Operand("u", rows, n), run.Operand("m", n));
        var bias = (parts & 1) == 0 ? null : run.Operand("bias", n);
        var residual = (parts & 2) == 0 ? null : run.Operand("residual", rows, n);
        p.RequiresGrad = (frozen & 1) == 0;
        u.RequiresGrad = (frozen & 2) == 0;
        m.RequiresGrad = (frozen & 4) == 0;
        if (bias is not null)
            bias.RequiresGrad = (frozen & 8) == 0;
        var norms = run.Room(n);
        for (var j = 0; j < n; j++)
            norms[j] = j % 7 == 3 ? 0 : 0.5 + j % 5;
        return new Magnitudes(p, u, m, bias, residual, norms, 0.7, run.Result("y", rows, n));
    }
}
