using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>LayerNorm between the layers.</summary>
public class LayerNorms : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.LayerNorm(device, work.Tokens, work.Model.Width);
}
