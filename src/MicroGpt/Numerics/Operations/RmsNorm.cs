namespace MicroGpt.Numerics;

/// <summary>y = x / √(mean(x²) + ε) · w, row by row.</summary>
internal readonly record struct RmsNorm(
    Tensor X,          // (…, C)
    Tensor? Weight,    // (C)
    double Epsilon,
    Tensor InverseRms, // (rows), 1 / √(mean(x²) + ε), saved for the backward pass
    Tensor Y)          // (…, C)
    : IOperation
{
    public Operands Inputs => new(X, Weight);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>Root-mean-square normalization of every row (Zhang, Sennrich 2019).</summary>
    /// <param name="x">The rows, (…, C).</param>
    /// <param name="weight">The scale, (C), or null for ones.</param>
    /// <param name="epsilon">What keeps the division finite.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor RmsNorm(Tensor x, Tensor? weight = null, double epsilon = 1e-5)
    {
        Check.Type(x, Device.DType);
        if (weight is not null)
            Check.Shape(weight, new Shape(x.Shape.Last), Device.DType);
        var inverseRms = CreateSaved(new Shape(x.Shape.Rows));
        var y = Create(x.Shape);
        Run(new RmsNorm(x, weight, epsilon, inverseRms, y));
        return y;
    }
}
