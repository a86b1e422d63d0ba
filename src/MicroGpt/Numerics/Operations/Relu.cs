namespace MicroGpt.Numerics;

/// <summary>y = max(x, 0).</summary>
internal readonly record struct Relu(
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
    /// <summary>The rectifier max(x, 0); its derivative at 0 is 0.</summary>
    /// <exception cref="ArgumentException">The elements are not of the device's type.</exception>
    public Tensor Relu(Tensor x)
    {
        Check.Type(x, Device.DType);
        var y = Create(x.Shape);
        Run(new Relu(x, y));
        return y;
    }
}
