namespace MicroGpt.Numerics;

/// <summary>y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
internal readonly record struct Gelu(
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
    /// <summary>The Gaussian error linear unit in its tanh form (Hendrycks, Gimpel 2016), GPT-2's activation.</summary>
    /// <exception cref="ArgumentException">The elements are not of the device's type.</exception>
    public Tensor Gelu(Tensor x)
    {
        Check.Type(x, Device.DType);
        var y = Create(x.Shape);
        Run(new Gelu(x, y));
        return y;
    }
}
