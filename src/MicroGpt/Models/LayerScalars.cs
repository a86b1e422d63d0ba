using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// nanochat's learned numbers of each layer: how much of the residual stream it reads, and how much of the first layer's input. Early
/// layers begin with more of both.
/// </summary>
internal sealed class LayerScalars(GptConfig config, ParameterFactory parameters)
{
    private readonly Tensor _residual = parameters.Create(ParameterNames.ResidualScalars, new Shape(config.Layers), InitialValue.Even(1.15, 1.05));
    private readonly Tensor _firstInput = parameters.Create(ParameterNames.FirstInputScalars, new Shape(config.Layers), InitialValue.Even(0.20, 0.05));

    public Tensor Mix(Tape tape, Tensor x, Tensor firstInput, int layer) => // 2 (B, T, C) → (B, T, C)
        tape.WeightedSum(x, new Coefficient(1, _residual, layer), firstInput, new Coefficient(1, _firstInput, layer));
}
