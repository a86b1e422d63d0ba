using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class AdamWTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_updated_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(
                device, run => new Steps(Parameter(run, n), run.Changed("m", n), Positive(run, n)), $"AdamW of {n}", backward: false);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_length_has_the_sum_of_its_squares(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var lengths = Enumerable.Range(0, 4 * KernelAssert.Lanes(bits, dtype) + 2);
        foreach (var n in lengths.Concat([4095, 4096, 4097, 10_000])) // 4096 squares are an item of work
            KernelAssert.SameAsNaive(
                device, run => new Squares(run.Operand("x", n), run.Result("sum", 1)), $"the sum of {n} squares", backward: false);
    }

    [Theory, ClassData(typeof(Widths))]
    public void The_sum_of_many_squares_is_the_same_bits_for_any_number_of_threads(int bits, DType dtype)
    {
        using var one = KernelAssert.Create(bits, dtype, threads: 1);
        var x = Operations.GradientAssert.Parameter(one, new Shape(100_003), new MersenneTwister(1));
        var expected = one.SumOfSquares(x);
        foreach (var threads in new[] { 2, 3 })
        {
            using var device = KernelAssert.Create(bits, dtype, threads);
            for (var i = 0; i < 20; i++)
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(device.SumOfSquares(x)));
        }
    }

    private static Tensor Parameter(OperationRun run, int n)
    {
        var x = run.Changed("x", n);
        x.BindGrad(run.Changed("gradient", n));
        return x;
    }

    private static Tensor Positive(OperationRun run, int n)
    {
        var v = run.Changed("v", n);
        for (var i = 0; i < n; i++)
            v[i] = Math.Abs(v[i]);
        return v;
    }

    /// <summary>Two steps, the first and a later one, behind the face of an operation.</summary>
    private sealed record Steps(Tensor X, Tensor M, Tensor V) : IOperation
    {
        public Operands Inputs => new(X);

        public Tensor Output => X;

        public void Forward(Device device)
        {
            foreach (var step in new[] { 1, 100 })
                device.Update(new AdamWUpdate(X, M, V, 0.01, 0.9, 0.99, 1e-8, 0.1, 0.5, 1 - Math.Pow(0.9, step), 1 - Math.Pow(0.99, step)));
        }

        public void Backward(Device device) => throw new NotSupportedException();
    }

    private sealed record Squares(Tensor X, Tensor Sum) : IOperation
    {
        public Operands Inputs => new(X);

        public Tensor Output => Sum;

        public void Forward(Device device) => Sum[0] = device.SumOfSquares(X);

        public void Backward(Device device) => throw new NotSupportedException();
    }
}
