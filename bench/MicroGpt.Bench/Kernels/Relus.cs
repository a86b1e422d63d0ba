using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>ReLU inside the MLP.</summary>
public class Relus : KernelBenchmark
{
    private protected override Kernel Create(Device device, TrainingWork work) =>
        Kernel.Relu(device, work.Tokens, work.Model.MlpHidden);
}
