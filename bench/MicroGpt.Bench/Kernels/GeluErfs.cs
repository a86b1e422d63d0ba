using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>Exact GELU inside the MLP.</summary>
public class GeluErfs : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.GeluErf(device, work.Tokens, work.Model.MlpHidden);
}
