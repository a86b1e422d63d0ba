namespace MicroGpt.Numerics;

/// <summary>y = silu(gate) · up, with silu(x) = x / (1 + exp(−x)).</summary>
internal readonly record struct SwiGlu(
    Tensor Gate, // any shape
    Tensor Up,   // the same
    Tensor Y)    // the same
    : IOperation
{
    public Operands Inputs => new(Gate, Up);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The gated activation of Llama's MLP (Shazeer 2020): one product of the input opens and closes another.</summary>
    /// <param name="gate">What goes through SiLU, any shape.</param>
    /// <param name="up">What it multiplies, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes or the element types differ.</exception>
    public Tensor SwiGlu(Tensor gate, Tensor up)
    {
        Check.Type(gate, Device.DType);
        Check.Shape(up, gate.Shape, Device.DType);
        var y = Create(gate.Shape);
        Run(new SwiGlu(gate, up, y));
        return y;
    }
}
