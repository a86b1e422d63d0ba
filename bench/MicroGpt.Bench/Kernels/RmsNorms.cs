using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>RMSNorm between the layers.</summary>
public class RmsNorms : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.RmsNorm(device, work.Tokens, work.Model.Width);
}
