using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>Causal self-attention over all heads.</summary>
public class Attention : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Attention(device, work.Options.BatchSize, work.Model.ContextLength, work.Model.Heads, work.Model.Width);
}
