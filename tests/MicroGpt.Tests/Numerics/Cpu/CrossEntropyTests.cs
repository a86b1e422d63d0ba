using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class CrossEntropyTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_columns_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var v = 1; v <= 2 * KernelAssert.Lanes(bits, dtype) + 1; v++)
            Compare(device, rows: 1 + v % 14, v, least: 0);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Rows_without_a_target_take_no_part(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var v = 1; v <= 2 * KernelAssert.Lanes(bits, dtype) + 1; v++)
            Compare(device, rows: 14, v, least: -v);
    }

    [Fact]
    public void Without_any_target_the_loss_is_zero_and_so_is_its_gradient()
    {
        using var device = KernelAssert.Create(512, DType.Float32);
        KernelAssert.SameAsNaive(device, run => Build(run, 5, 7, run.Integers(new Shape(5), -3, 0)), "CrossEntropy of nothing");
        KernelAssert.SameAsNaive(device, run => Build(run, 0, 7, run.Integers(new Shape(0), 0, 1)), "CrossEntropy of no rows");
        KernelAssert.SameAsNaive(device, run => Build(run, 5, 0, run.Integers(new Shape(5), -3, 0)), "CrossEntropy of no columns");
    }

    /// <summary>In units of the last place of the result, or of 1 where that is smaller and two terms have cancelled.</summary>
    [Theory, ClassData(typeof(Widths))]
    public void Log_sum_exp_is_within_two_ulp_for_floats_and_eight_for_doubles(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var random = new MersenneTwister(1);
        var worst = 0.0;
        foreach (var columns in new[] { 2, 27, 1000, 50_257 })
            foreach (var spread in new[] { 0.1, 2, 30 })
            {
                var run = new OperationRun(device, addToGradients: false);
                var operation = Build(run, 1, columns, run.Integers(new Shape(1), 0, 1));
                double[] z = [.. Enumerable.Range(0, columns).Select(_ => (double)(float)random.NextGaussian(0, spread))];
                for (var i = 0; i < columns; i++)
                    operation.Logits[i] = z[i];
                run.Forward(operation);

                var max = z.Max();
                var exact = max + Math.Log(z.Sum(value => Math.Exp(value - max)));
                var size = Math.Max(1, Math.Abs(exact));
                var ulp = dtype == DType.Float32 ? MathF.BitIncrement((float)size) - (float)size : Math.BitIncrement(size) - size;
                worst = Math.Max(worst, Math.Abs(operation.LogSumExp[0] - exact) / ulp);
            }

        Assert.InRange(worst, 0.1, dtype == DType.Float32 ? 2 : 8);
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var operation = Build(run, 6, 21, run.Integers(new Shape(6), 0, 21));
                for (var i = 0; i < operation.Logits.Shape.Count; i++)
                    operation.Logits[i] *= 4096;
                return operation;
            },
            "CrossEntropy of large scores");
    }

    [Fact]
    public void Several_threads_share_the_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(512, DType.Float64, threads: 3);
        Compare(device, rows: 200, columns: 65, least: -9);
    }

    private static void Compare(Device device, int rows, int columns, int least) =>
        KernelAssert.SameAsNaive(
            device, run => Build(run, rows, columns, run.Integers(new Shape(rows), least, columns)),
            $"CrossEntropy of {rows} × {columns}");

    private static CrossEntropy Build(OperationRun run, int rows, int columns, Tensor targets)
    {
        var counted = Enumerable.Range(0, rows).Count(row => targets[row] >= 0);
        return new CrossEntropy(
            run.Operand("logits", rows, columns), targets, counted, run.Result("log-sum-exp", rows), run.Result("row loss", rows),
            run.Result("loss", 1));
    }
}
