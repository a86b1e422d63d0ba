using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class WeightedSumTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            Compare(device, n, learned: 3);
        foreach (var n in new[] { 4095, 4096, 4097, 3 * 4096 + 5 })
            Compare(device, n, learned: 3);
    }

    [Fact]
    public void Fixed_coefficients_have_no_gradient_and_either_may_be_learned()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        for (var learned = 0; learned < 4; learned++)
            Compare(device, 5000, learned);
    }

    [Fact]
    public void Frozen_parts_get_no_gradient()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        for (var frozen = 0; frozen < 16; frozen++)
            Compare(device, 5000, learned: 3, frozen);
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
            var operation = Create(run, 100_003, learned: 3, frozen: 0);
            run.Forward(operation);
            run.Backward(operation);
            return [.. run.Compared.SelectMany(compared => compared.Tensor.AsSpan<float>().ToArray())];
        }
    }

    private static void Compare(Device device, int n, int learned, int frozen = 0) =>
        KernelAssert.SameAsNaive(device, run => Create(run, n, learned, frozen), $"WeightedSum of {n}, learned {learned}, frozen {frozen}");

    private static WeightedSum Create(OperationRun run, int n, int learned, int frozen)
    {
        var (a, b) = (run.Operand("a", n), run.Operand("b", n));
        var alpha = (learned & 1) == 0 ? null : run.Operand("alpha", 3);
        var beta = (learned & 2) == 0 ? null : run.Operand("beta", 2);
        a.RequiresGrad = (frozen & 1) == 0;
        b.RequiresGrad = (frozen & 2) == 0;
        if (alpha is not null)
            alpha.RequiresGrad = (frozen & 4) == 0;
        if (beta is not null)
            beta.RequiresGrad = (frozen & 8) == 0;
        return new WeightedSum(a, new(1.5, alpha, 1), b, new(-0.5, beta, 1), run.Result("y", n));
    }
}
