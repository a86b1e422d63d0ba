using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>Looking up tokens; backward adds up the rows of equal tokens.</summary>
public class Embeddings : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Embedding(device, work.Options.BatchSize, work.Model.ContextLength, work.Model.VocabularySize, work.Model.Width);
}
