namespace MicroGpt.Numerics;

/// <summary>y = max(x, 0)².</summary>
internal readonly record struct ReluSquared(
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
    /// <summary>The square of the rectifier (So et al. 2021), nanochat's activation.</summary>
    /// <exception cref="ArgumentException">The elements are not of the device's type.</exception>
    public Tensor ReluSquared(Tensor x)
    {
        Check.Type(x, Device.DType);
        var y = Create(x.Shape);
        Run(new ReluSquared(x, y));
        return y;
    }
}
