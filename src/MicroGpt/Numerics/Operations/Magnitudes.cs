namespace MicroGpt.Numerics;

/// <summary>y = p + (g − 1) z + g s u, column by column, with z = p − b − r, what a linear map gave alone, and g = m / n.</summary>
internal readonly record struct Magnitudes(
    Tensor P,         // (…, N), a linear map's result with bias and residual
    Tensor U,         // (…, N), what a low-rank update adds
    Tensor Magnitude, // (N), m
    Tensor? Bias,     // (N), b
    Tensor? Residual, // (…, N), r
    Tensor Norms,     // (N), n, not differentiated
    double Scale,
    Tensor Y)         // (…, N)
    : IOperation
{
    public Operands Inputs => new(P, U, Magnitude, Bias, Residual);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>
    /// A low-rank update of a linear map whose rows get learned lengths (DoRA, Liu et al. 2024): y = g (W x + s·u) + b + r with
    /// g = m / n, where n are the norms of the rows of W + s B A and are not differentiated, as the paper has it. Where g is 1 and u is 0, y
    /// is p, to the last bit.
    /// </summary>
    /// <param name="p">W x + b + r, (…, N).</param>
    /// <param name="u">B A x, (…, N).</param>
    /// <param name="magnitude">m, (N).</param>
    /// <param name="bias">b, (N), or null for none.</param>
    /// <param name="residual">r, (…, N), or null for none.</param>
    /// <param name="norms">n, (N); where one is 0, the row is zeros, and stays so.</param>
    /// <param name="scale">s.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor Magnitudes(Tensor p, Tensor u, Tensor magnitude, Tensor? bias, Tensor? residual, Tensor norms, double scale)
    {
        var N = new Shape(p.Shape.Last);
        Check.Type(p, Device.DType);
        Check.Shape(u, p.Shape, Device.DType);
        Check.Shape(magnitude, N, Device.DType);
        Check.Shape(norms, N, Device.DType);
        if (bias is not null)
            Check.Shape(bias, N, Device.DType);
        if (residual is not null)
            Check.Shape(residual, p.Shape, Device.DType);
        var y = Create(p.Shape);
        Run(new Magnitudes(p, u, magnitude, bias, residual, norms, scale, y));
        return y;
    }
}
