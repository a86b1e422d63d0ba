namespace MicroGpt.Numerics;

/// <summary>y = a + b, element by element: the residual connection.</summary>
internal readonly record struct Add(
    Tensor A, // any shape
    Tensor B, // the same
    Tensor Y) // the same
    : IOperation
{
    public Operands Inputs => new(A, B);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The sum of two tensors of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes or the element types differ.</exception>
    public Tensor Add(Tensor a, Tensor b)
    {
        Check.Type(a, Device.DType);
        Check.Shape(b, a.Shape, Device.DType);
        var y = Create(a.Shape);
        Run(new Add(a, b, y));
        return y;
    }
}
