using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>The loss.</summary>
public class CrossEntropies : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.CrossEntropy(device, work.Tokens, work.Model.VocabularySize);
}
