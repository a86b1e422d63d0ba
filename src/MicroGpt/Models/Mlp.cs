using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The multilayer perceptron: every position thinks by itself.</summary>
internal sealed class Mlp(GptConfig config, ParameterFactory parameters, int layer)
{
    private readonly LinearLayer _hidden = new(
        parameters, ParameterNames.Block(layer) + ParameterNames.MlpHidden, config.Width, config.MlpHidden, config.Bias,
        InitialValue.Gaussian);

    private readonly LinearLayer _output = new(
        parameters, ParameterNames.Block(layer) + ParameterNames.MlpOutput, config.MlpHidden, config.Width, config.Bias,
        InitialValue.ResidualGaussian);

    public Tensor Forward(Tape tape, Tensor x, Tensor residual) // (B, T, C) → (B, T, C)
    {
        var hidden = _hidden.Forward(tape, x); // (B, T, 4C)
        var active = config.Activation == ActivationKind.Relu ? tape.Relu(hidden) : tape.Gelu(hidden);
        return _output.Forward(tape, active, residual);
    }
}
