using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>The residual stream's additions.</summary>
public class Additions : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Add(device, work.Tokens, work.Model.Width);
}
