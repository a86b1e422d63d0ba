namespace MicroGpt.Numerics;

/// <summary>y = the first columns of x.</summary>
internal readonly record struct Columns(
    Tensor X, // (…, C)
    Tensor Y) // (…, count)
    : IOperation
{
    public Operands Inputs => new(X);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The first columns of every row.</summary>
    /// <param name="x">The rows, (…, C).</param>
    /// <param name="count">How many columns, at most C.</param>
    /// <returns>Shorter rows, (…, count).</returns>
    /// <exception cref="ArgumentException">The elements are not of the device's type, or there are not so many columns.</exception>
    public Tensor Columns(Tensor x, int count)
    {
        Check.Type(x, Device.DType);
        if (count < 1 || count > x.Shape.Last)
            throw new ArgumentException($"Rows of {x.Shape.Last} have no first {count} columns.", nameof(count));
        var y = Create(x.Shape.WithLast(count));
        Run(new Columns(x, y));
        return y;
    }
}
