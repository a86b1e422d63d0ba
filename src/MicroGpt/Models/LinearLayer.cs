using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>A linear map with its parameters: y = x Wᵀ + b.</summary>
internal sealed class LinearLayer(ParameterFactory parameters, string name, int inputs, int outputs, bool bias, InitialValue initial)
{
    private readonly Tensor _weight = parameters.Create(name + ".weight", new Shape(outputs, inputs), initial);
    private readonly Tensor? _bias = bias ? parameters.Create(name + ".bias", new Shape(outputs), InitialValue.Zero) : null;

    public Tensor Forward(Tape tape, Tensor x, Tensor? residual = null) => // (B, T, inputs) → (B, T, outputs)
        tape.Linear(x, _weight, _bias, residual);
}
