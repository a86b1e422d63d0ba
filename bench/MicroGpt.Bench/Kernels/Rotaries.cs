using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>Rotary positions of queries and keys.</summary>
public class Rotaries : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Rotary(device, work.Options.BatchSize, work.Model.ContextLength, work.Model.Heads, work.Model.Width);
}
