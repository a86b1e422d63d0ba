using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The multilayer perceptron: every position thinks by itself.</summary>
internal sealed class Mlp
{
    private readonly ActivationKind _activation;
    private readonly LinearLayer? _gate; // of SwiGLU
    private readonly LinearLayer _hidden;
    private readonly LinearLayer _output;

    public Mlp(GptConfig config, ParameterFactory parameters, int layer)
    {
        var names = ParameterNames.Of(config);
        _activation = config.Activation;
        _gate = _activation == ActivationKind.SwiGlu ? Hidden(names.MlpGate) : null;
        _hidden = Hidden(names.MlpHidden);
        _output = new LinearLayer(
            parameters, names.Block(layer) + names.MlpOutput, config.MlpHidden, config.Width, config.Bias, InitialWeights.Of(config).MlpOutput);

        LinearLayer Hidden(string name) =>
            new(parameters, names.Block(layer) + name, config.Width, config.MlpHidden, config.Bias, InitialWeights.Of(config).MlpHidden);
    }

    public Tensor Forward(Tape tape, Tensor x, Tensor residual) // (B, T, C) → (B, T, C)
    {
        var hidden = _hidden.Forward(tape, x); // (B, T, 4C)
        var active = _activation switch
        {
            ActivationKind.Relu => tape.Relu(hidden),
            ActivationKind.ReluSquared => tape.ReluSquared(hidden),
            ActivationKind.Gelu => tape.Gelu(hidden),
            ActivationKind.GeluErf => tape.GeluErf(hidden),
            _ => tape.SwiGlu(_gate!.Forward(tape, x), hidden),
        };
        return _output.Forward(tape, active, residual);
    }
}
