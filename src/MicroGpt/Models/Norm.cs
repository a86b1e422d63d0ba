using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The normalization that the configuration names, with its parameters if it has any.</summary>
/// <param name="config">Which norm.</param>
/// <param name="parameters">Makes the parameters.</param>
/// <param name="name">What they are called.</param>
/// <param name="headSize">Where heads are normalized by themselves, their size; null for whole rows.</param>
internal sealed class Norm(GptConfig config, ParameterFactory parameters, string name, int? headSize = null)
{
    private readonly Tensor? _weight =
        config.NormWeights ? parameters.Create(name + ".weight", new Shape(headSize ?? config.Width), InitialValue.One) : null;

    private readonly Tensor? _bias =
        config.NormWeights && config.Bias && config.Norm == NormKind.LayerNorm
            ? parameters.Create(name + ".bias", new Shape(config.Width), InitialValue.Zero)
            : null;

    public Tensor Forward(Tape tape, Tensor x) => // (B, T, C) → (B, T, C)
        config.Norm == NormKind.LayerNorm
            ? tape.LayerNorm(x, _weight, _bias, config.NormEpsilon)
            : tape.RmsNorm(x, _weight, config.NormEpsilon, headSize);
}
