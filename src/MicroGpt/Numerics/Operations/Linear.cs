namespace MicroGpt.Numerics;

/// <summary>y = x Wᵀ + b + r.</summary>
internal readonly record struct Linear(
    Tensor X,         // (…, K)
    Tensor Weight,    // (N, K)
    Tensor? Bias,     // (N)
    Tensor? Residual, // (…, N)
    Tensor Y)         // (…, N)
    : IOperation
{
    public Operands Inputs => new(X, Weight, Bias, Residual);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The affine map y = x Wᵀ + b of every row, plus a residual if there is one.</summary>
    /// <param name="x">The rows, (…, K).</param>
    /// <param name="weight">One row an output, (N, K), as PyTorch keeps it.</param>
    /// <param name="bias">One number an output, (N), or null for none.</param>
    /// <param name="residual">Rows that the result is added to, (…, N), as <see cref="Add(Tensor, Tensor)"/> would, or null for none.</param>
    /// <returns>The mapped rows, (…, N).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null, Tensor? residual = null)
    {
        Check.Rank(weight, 2, Device.DType);
        Check.Last(x, weight.Shape.Last, Device.DType);
        if (bias is not null)
            Check.Shape(bias, new Shape(weight.Shape[0]), Device.DType);
        var shape = x.Shape.WithLast(weight.Shape[0]);
        if (residual is not null)
            Check.Shape(residual, shape, Device.DType);
        var y = Create(shape);
        Run(new Linear(x, weight, bias, residual, y));
        return y;
    }
}
