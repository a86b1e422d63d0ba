namespace MicroGpt.Numerics;

/// <summary>y = x / √(mean(x²) + ε) · w, row by row, or for each of the equal parts of a row.</summary>
internal readonly record struct RmsNorm(
    Tensor X,          // (…, C)
    Tensor? Weight,    // (size)
    int Size,          // numbers normalized together: C, or a divisor of it
    double Epsilon,
    Tensor InverseRms, // (rows · C / size), 1 / √(mean(x²) + ε), saved for the backward pass
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
    /// <summary>Root-mean-square normalization of every row (Zhang, Sennrich 2019), or of every head in it.</summary>
    /// <param name="x">The rows, (…, C).</param>
    /// <param name="weight">The scale, (size), or null for ones.</param>
    /// <param name="epsilon">What keeps the division finite.</param>
    /// <param name="size">How many numbers are normalized together, a divisor of C: the size of a head; null for C.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor RmsNorm(Tensor x, Tensor? weight = null, double epsilon = 1e-5, int? size = null)
    {
        Check.Type(x, Device.DType);
        var C = size ?? x.Shape.Last;
        if (size < 1 || (C > 0 && x.Shape.Last % C != 0))
            throw new ArgumentException($"Parts of {C} do not divide rows of {x.Shape.Last}.", nameof(size));
        if (weight is not null)
            Check.Shape(weight, new Shape(C), Device.DType);
        var inverseRms = CreateSaved(new Shape(C == 0 ? x.Shape.Rows : x.Shape.Count / C));
        var y = Create(x.Shape);
        Run(new RmsNorm(x, weight, C, epsilon, inverseRms, y));
        return y;
    }
}
