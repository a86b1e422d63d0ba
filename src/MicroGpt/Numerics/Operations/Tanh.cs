namespace MicroGpt.Numerics;

/// <summary>y = tanh x.</summary>
internal readonly record struct Tanh(
    Tensor X, // any shape
    Tensor Y) // the same
    : IOperation
{
    public Operands Inputs => new(X);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The hyperbolic tangent of every element.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape, from −1 to 1.</returns>
    /// <exception cref="ArgumentException">The elements are not of the device's type.</exception>
    public Tensor Tanh(Tensor x)
    {
        Check.Type(x, Device.DType);
        var y = Create(x.Shape);
        Run(new Tanh(x, y));
        return y;
    }
}
