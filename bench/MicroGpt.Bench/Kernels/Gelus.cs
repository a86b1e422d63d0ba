using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>GELU inside the MLP.</summary>
public class Gelus : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Gelu(device, work.Tokens, work.Model.MlpHidden);
}
