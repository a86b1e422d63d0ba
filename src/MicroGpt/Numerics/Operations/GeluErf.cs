namespace MicroGpt.Numerics;

/// <summary>y = x Φ(x) = ½ x (1 + erf(x / √2)).</summary>
internal readonly record struct GeluErf(
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
    /// <summary>The Gaussian error linear unit in its exact form (Hendrycks, Gimpel 2016), what PyTorch means by <c>gelu</c>.</summary>
    /// <exception cref="ArgumentException">The elements are not of the device's type.</exception>
    public Tensor GeluErf(Tensor x)
    {
        Check.Type(x, Device.DType);
        var y = Create(x.Shape);
        Run(new GeluErf(x, y));
        return y;
    }
}
