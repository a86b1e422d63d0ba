namespace MicroGpt.Numerics;

/// <summary>For every row and head: y = factor · σ(gate) · x, with σ(g) = 1 / (1 + exp(−g)).</summary>
internal readonly record struct SigmoidGate(
    Tensor X,     // (…, H·D)
    Tensor Gates, // (…, H): one number for all D of a head
    double Factor,
    Tensor Open,  // (…, H), factor · σ(gate), saved for the backward pass
    Tensor Y)     // (…, H·D)
    : IOperation
{
    public Operands Inputs => new(X, Gates);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>Lets every head of a row through as far as its gate is open: from not at all to <paramref name="factor"/> times.</summary>
    /// <param name="x">The rows, (…, H·D).</param>
    /// <param name="gates">One number a head, (…, H); through the logistic function it becomes a part of 1.</param>
    /// <param name="factor">How many times a wide open gate lets through.</param>
    /// <returns>Rows of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, an element type is wrong, or the factor is not a number.</exception>
    public Tensor SigmoidGate(Tensor x, Tensor gates, double factor = 1)
    {
        Check.Type(x, Device.DType);
        Check.Shape(gates, x.Shape.WithLast(gates.Shape.Last), Device.DType);
        if (gates.Shape.Last == 0 || x.Shape.Last % gates.Shape.Last != 0 || !double.IsFinite(factor))
            throw new ArgumentException($"{gates.Shape.Last} gates with a factor of {factor} do not divide rows of {x.Shape.Last}.", nameof(gates));
        var open = CreateSaved(gates.Shape);
        var y = Create(x.Shape);
        Run(new SigmoidGate(x, gates, factor, open, y));
        return y;
    }
}
