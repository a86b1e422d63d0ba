using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class MuonTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(1, 1), (1, 9), (9, 1), (2, 3), (5, 5), (8, 33), (33, 8), (17, 16), (31, 34)];

    [Theory, ClassData(typeof(Widths))]
    public void Every_shape_is_updated_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var tolerance = dtype == DType.Float32 ? 2e-4 : 1e-10; // of steps of 0.01: the iteration magnifies rounding
        foreach (var (rows, columns) in s_shapes)
            foreach (var isNanochat in new[] { false, true })
            {
                var (expected, actual) = (Moved(new NaiveDevice(), rows, columns, isNanochat), Moved(device, rows, columns, isNanochat));
                for (var i = 0; i < expected.Length; i++)
                    Assert.Equal(expected[i], actual[i], tolerance);
            }
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        using var one = Device.Cpu(threads: 1);
        foreach (var threads in new[] { 2, 3 })
        {
            using var device = Device.Cpu(threads: threads);
            foreach (var (rows, columns) in new[] { (96, 400), (400, 96) })
                Assert.Equal(Moved(one, rows, columns, isNanochat: true), Moved(device, rows, columns, isNanochat: true));
        }
    }

    [Fact]
    public void A_gradient_of_zeros_moves_nothing_but_by_decay()
    {
        using var device = Device.Cpu(threads: 1);
        var parameter = Tensor.Parameter(device, "w", new Shape(3, 2));
        parameter[0] = 2;
        parameter.BeginGrad();
        for (var i = 0; i < 6; i++)
            parameter.Grad![i] = 0;
        device.Update(new MuonUpdate(parameter, Tensor.Zeros(device, "m", parameter.Shape), null, 0.1, 0.9, 0, 0.5, 1));
        Assert.Equal([1.9, 0, 0, 0, 0, 0], Enumerable.Range(0, 6).Select(i => Math.Round(parameter[i], 6)));
    }

    /// <summary>A matrix after two steps, and what the optimizer remembers.</summary>
    private static double[] Moved(Device device, int rows, int columns, bool isNanochat)
    {
        var random = new MersenneTwister((ulong)(rows * 1000 + columns));
        var parameter = Tensor.Parameter(device, "w", new Shape(rows, columns));
        var momentum = Tensor.Zeros(device, "m", parameter.Shape);
        var variance = isNanochat ? Tensor.Zeros(device, "v", new Shape(Math.Max(rows, columns))) : null;
        Fill(parameter);
        for (var step = 0; step < 2; step++)
        {
            parameter.BeginGrad();
            Fill(parameter.Grad!);
            device.Update(new MuonUpdate(parameter, momentum, variance, 0.01, 0.9, 0.9, 0.5, 0.5));
            parameter.ClearGrad();
        }

        return [.. Numbers(parameter), .. Numbers(momentum), .. variance is null ? [] : Numbers(variance)];

        void Fill(Tensor tensor)
        {
            for (var i = 0; i < tensor.Shape.Count; i++)
                tensor[i] = (float)random.NextGaussian();
        }

        static IEnumerable<double> Numbers(Tensor tensor) => Enumerable.Range(0, tensor.Shape.Count).Select(i => tensor[i]);
    }
}
