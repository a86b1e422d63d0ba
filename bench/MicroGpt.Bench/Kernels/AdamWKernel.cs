using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>One step of AdamW on one parameter.</summary>
internal sealed class AdamWKernel
{
    private readonly Device _device;
    private readonly AdamWUpdate _update;

    public AdamWKernel(Device device, int count)
    {
        _device = device;
        var parameter = Kernel.Numbers(device, count);
        parameter.BeginGrad();
        parameter.Grad.AsSpan<float>().Fill(1e-3f);
        _update = new AdamWUpdate(
            parameter, Tensor.Zeros(device, "", parameter.Shape), Tensor.Zeros(device, "", parameter.Shape),
            LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, WeightDecay: 0.1, GradScale: 1, MeanBias: 0.1, VarianceBias: 0.01);
    }

    public void Update() => _device.Update(_update);
}
