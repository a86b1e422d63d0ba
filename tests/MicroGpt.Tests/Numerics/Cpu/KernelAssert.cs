using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>Every register width in both precisions.</summary>
public sealed class Widths : TheoryData<int, DType>
{
    /// <summary>The six of them.</summary>
    public Widths()
    {
        foreach (var bits in new[] { 512, 256, 128 })
            foreach (var dtype in new[] { DType.Float32, DType.Float64 })
                Add(bits, dtype);
    }
}

/// <summary>Compares the processor's kernels with the oracle.</summary>
internal static class KernelAssert
{
    public static Device Create(int bits, DType dtype, int threads = 1) =>
        dtype == DType.Float32 ? CpuDevice.Create<float>(bits, threads) : CpuDevice.Create<double>(bits, threads);

    public static int Lanes(int bits, DType dtype) => bits / 8 / dtype.SizeInBytes();

    /// <summary>
    /// Runs an operation on a device and on the oracle and compares all results and gradients, first where gradients are written
    /// and then where they are added to.
    /// </summary>
    public static void SameAsNaive(Device device, Func<OperationRun, IOperation> build, string what, bool backward = true)
    {
        using var naive = new NaiveDevice();
        foreach (var add in backward ? new[] { false, true } : [false])
        {
            var (expected, actual) = (Run(naive), Run(device));
            Assert.True(actual.IsIntact, $"{what} writes beyond its tensors.");
            foreach (var ((name, right), (_, tensor)) in expected.Compared.Zip(actual.Compared))
                Close(right, tensor, $"{what}{(add ? ", adding" : "")}: {name}");

            OperationRun Run(Device on)
            {
                var run = new OperationRun(on, add);
                var operation = build(run);
                run.Forward(operation);
                if (backward)
                    run.Backward(operation);
                return run;
            }
        }
    }

    /// <summary>
    /// Each number within 2·10⁻⁵ (single) or 10⁻¹² (double) of the largest in its tensor, or of 1, the size of the operands.
    /// </summary>
    public static void Close(Tensor expected, Tensor actual, string what)
    {
        var scale = 1.0;
        for (var i = 0; i < expected.Shape.Count; i++)
            if (double.IsFinite(expected[i]))
                scale = Math.Max(scale, Math.Abs(expected[i]));
        var tolerance = (actual.DType == DType.Float32 ? 2e-5 : 1e-12) * scale;
        for (var i = 0; i < expected.Shape.Count; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance) && !(double.IsNaN(expected[i]) && double.IsNaN(actual[i])))
                Assert.Fail($"{what}[{i}] of {actual} is {actual[i]:R} instead of {expected[i]:R}.");
    }
}
