using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class RecurrentTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_width_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        foreach (var cell in Enum.GetValues<RecurrentCell>())
            for (var H = 0; H <= 2 * KernelAssert.Lanes(bits, dtype) + 1; H++)
                KernelAssert.SameAsNaive(device, run => Operation(run, cell, 3, 4, H), $"{cell} of width {H}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Any_number_of_rows_and_positions_is(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        foreach (var cell in Enum.GetValues<RecurrentCell>())
            foreach (var (B, T) in ((int, int)[])[(0, 3), (3, 0), (1, 1), (1, 5), (13, 2), (25, 3), (31, 1)])
                KernelAssert.SameAsNaive(device, run => Operation(run, cell, B, T, 5, withState: B % 2 == 0, withBias: T % 2 == 0), $"{cell} of {B} × {T}");
    }

    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        foreach (var cell in Enum.GetValues<RecurrentCell>())
        {
            var results = new[] { 1, 2, 5 }.Select(threads =>
            {
                using var device = KernelAssert.Create(512, DType.Float32, threads);
                var run = new OperationRun(device, addToGradients: false);
                var operation = Operation(run, cell, 33, 6, 40);
                run.Forward(operation);
                run.Backward(operation);
                return run.Compared.SelectMany(compared => compared.Tensor.AsSpan<float>().ToArray()).ToArray();
            }).ToArray();
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
    }

    [Theory, ClassData(typeof(Widths))]
    public void The_hyperbolic_tangent_is_computed_as_by_its_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(device, run => new Tanh(run.Operand("x", 3, n), run.Result("y", 3, n)), $"Tanh of 3 × {n}");
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var x = run.Operand("x", 2401);
                for (var i = 0; i < 2401; i++)
                    x[i] = (float)(i - 1200) / 10;
                return new Tanh(x, run.Result("y", 2401));
            },
            "Tanh from −120 to 120");
    }

    private static Recurrent Operation(OperationRun run, RecurrentCell cell, int B, int T, int H, bool withState = true, bool withBias = true)
    {
        var G = cell.Gates() * H;
        return new Recurrent(
            cell, run.Operand("gates", B, T, G), run.Operand("weight", G, H), withBias ? run.Operand("bias", G) : null,
            withState ? run.Changed("state", B, cell.StateSize(H)) : null, run.Result("previous", B, T, H),
            run.Result("kept", B, T, cell.Kept() * H), run.Room(B, T, G),
            run.Result("y", B, T, H));
    }
}
