namespace MicroGpt.Numerics;

/// <summary>y = (x − mean) / √(variance + ε) · w + b, row by row.</summary>
internal readonly record struct LayerNorm(
    Tensor X,       // (…, C)
    Tensor? Weight, // (C)
    Tensor? Bias,   // (C)
    double Epsilon,
    Tensor Mean,    // (rows), saved for the backward pass
    Tensor InverseDeviation, // (rows), 1 / √(variance + ε), saved likewise
    Tensor Y)       // (…, C)
    : IOperation
{
    public Operands Inputs => new(X, Weight, Bias);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>Layer normalization of every row (Ba, Kiros, Hinton 2016), with the biased variance as in PyTorch.</summary>
    /// <param name="x">The rows, (…, C).</param>
    /// <param name="weight">The scale, (C), or null for ones.</param>
    /// <param name="bias">The shift, (C), or null for zeros.</param>
    /// <param name="epsilon">What keeps the division finite.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor LayerNorm(Tensor x, Tensor? weight, Tensor? bias = null, double epsilon = 1e-5)
    {
        Check.Type(x, Device.DType);
        if (weight is not null)
            Check.Shape(weight, new Shape(x.Shape.Last), Device.DType);
        if (bias is not null)
            Check.Shape(bias, new Shape(x.Shape.Last), Device.DType);
        var rows = new Shape(x.Shape.Rows);
        var mean = CreateSaved(rows);
        var inverseDeviation = CreateSaved(rows);
        var y = Create(x.Shape);
        Run(new LayerNorm(x, weight, bias, epsilon, mean, inverseDeviation, y));
        return y;
    }
}
