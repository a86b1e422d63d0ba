namespace MicroGpt.Numerics;

/// <summary>y = α a + β b.</summary>
internal readonly record struct WeightedSum(
    Tensor A, // any shape
    Coefficient Alpha,
    Tensor B, // the same
    Coefficient Beta,
    Tensor Y) // the same
    : IOperation
{
    public Operands Inputs => new(A, B, Alpha.Learned, Beta.Learned);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

/// <summary>A single number that tensors are multiplied by: a fixed one, times an element of a tensor where it is learned.</summary>
/// <param name="Factor">The fixed number.</param>
/// <param name="Learned">A tensor of learned numbers, or null for none.</param>
/// <param name="Index">Which of its elements.</param>
public readonly record struct Coefficient(double Factor, Tensor? Learned = null, int Index = 0);

public sealed unsafe partial class Tape
{
    /// <summary>The sum of two tensors of the same shape, each times a number that may be learned.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="alpha">What it is multiplied by.</param>
    /// <param name="b">The same shape.</param>
    /// <param name="beta">What it is multiplied by.</param>
    /// <exception cref="ArgumentException">The shapes or the element types differ, or there is no such coefficient.</exception>
    public Tensor WeightedSum(Tensor a, Coefficient alpha, Tensor b, Coefficient beta)
    {
        Check.Type(a, Device.DType);
        Check.Shape(b, a.Shape, Device.DType);
        CheckCoefficient(alpha);
        CheckCoefficient(beta);
        var y = Create(a.Shape);
        Run(new WeightedSum(a, alpha, b, beta, y));
        return y;
    }

    private void CheckCoefficient(Coefficient coefficient)
    {
        if (!double.IsFinite(coefficient.Factor))
            throw new ArgumentException("A coefficient must be a finite number.", nameof(coefficient));
        if (coefficient.Learned is not { } learned)
            return;
        Check.Type(learned, Device.DType, nameof(coefficient));
        if ((uint)coefficient.Index >= (uint)learned.Shape.Count)
            throw new ArgumentException($"{learned} has no element {coefficient.Index}.", nameof(coefficient));
    }
}
