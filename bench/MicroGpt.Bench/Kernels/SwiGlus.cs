using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>SwiGLU inside an MLP as wide as GELU's.</summary>
public class SwiGlus : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.SwiGlu(device, work.Tokens, work.Model.MlpHidden);
}
