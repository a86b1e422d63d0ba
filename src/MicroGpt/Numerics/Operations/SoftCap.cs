namespace MicroGpt.Numerics;

/// <summary>y = cap · tanh(x / cap).</summary>
internal readonly record struct SoftCap(
    Tensor X, // any shape
    double Cap,
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
    /// <summary>Numbers bent smoothly so that they stay between −cap and cap (Gemma 2, 2024); small ones hardly change.</summary>
    /// <param name="x">Any shape: a model's logits.</param>
    /// <param name="cap">A positive number.</param>
    /// <exception cref="ArgumentException">The elements are not of the device's type, or the cap is not positive.</exception>
    public Tensor SoftCap(Tensor x, double cap)
    {
        Check.Type(x, Device.DType);
        if (!(cap > 0) || !double.IsFinite(cap))
            throw new ArgumentException(FormattableString.Invariant($"A cap must be a positive number, not {cap}."), nameof(cap));
        var y = Create(x.Shape);
        Run(new SoftCap(x, cap, y));
        return y;
    }
}
