using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>A linear map with its parameters: y = x Wᵀ + b, and what an adapter adds.</summary>
internal sealed class LinearLayer
{
    public LinearLayer(ParameterFactory parameters, string name, int inputs, int outputs, bool bias, InitialValue initial)
    {
        Name = name;
        Weight = parameters.Create(name + ".weight", new Shape(outputs, inputs), initial);
        Bias = bias ? parameters.Create(name + ".bias", new Shape(outputs), InitialValue.Zero) : null;
        parameters.Add(this);
    }

    /// <summary>The name in checkpoints, without what its parameters are called.</summary>
    public string Name { get; }

    public Tensor Weight { get; } // (outputs, inputs)

    public Tensor? Bias { get; } // (outputs)

    /// <summary>What is added to the product, or null for nothing.</summary>
    public LowRankUpdate? Update { get; set; }

    public Tensor Forward(Tape tape, Tensor x, Tensor? residual = null) // (B, T, inputs) → (B, T, outputs)
    {
        var y = tape.Linear(x, Weight, Bias, residual);
        return Update is null ? y : Update.AddTo(tape, y, x, residual);
    }
}
