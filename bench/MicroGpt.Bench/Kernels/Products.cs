using BenchmarkDotNet.Attributes;
using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>The matrix products of a layer; backward is two of the same size.</summary>
public class Products : KernelBenchmark
{
    /// <summary>Which product of the layer.</summary>
    [Params("qkv", "attention output", "MLP up", "MLP down")]
    public string Product { get; set; } = "";

    private protected override Kernel Create(Device device, TrainingWork work)
    {
        var (C, hidden) = (work.Model.Width, work.Model.MlpHidden);
        var (outputs, inputs) = Product switch
        {
            "qkv" => (3 * C, C),
            "attention output" => (C, C),
            "MLP up" => (hidden, C),
            _ => (C, hidden),
        };
        return Kernel.Linear(device, work.Tokens, outputs, inputs);
    }
}
