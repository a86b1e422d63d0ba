namespace MicroGpt.Numerics;

/// <summary>n[j] = ‖row j of W + s B A‖, which has no gradient.</summary>
internal readonly record struct RowNorms(
    Tensor Weight, // (N, K)
    Tensor A,      // (r, K)
    Tensor B,      // (N, r)
    double Scale,
    Tensor Y)      // (N)
    : IOperation
{
    public Operands Inputs => new(Weight);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => throw new InvalidOperationException("Norms of rows have no gradient.");
}

public sealed unsafe partial class Tape
{
    /// <summary>The Euclidean norms of the rows of W + s B A, as numbers that are not differentiated.</summary>
    /// <param name="weight">W, (N, K).</param>
    /// <param name="a">A, (r, K).</param>
    /// <param name="b">B, (N, r).</param>
    /// <param name="scale">s.</param>
    /// <param name="into">Where to put them, (N), or null for an activation of this step.</param>
    /// <returns>The norms, (N).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or an element type is wrong.</exception>
    public Tensor RowNorms(Tensor weight, Tensor a, Tensor b, double scale, Tensor? into = null)
    {
        Check.Rank(weight, 2, Device.DType);
        var (N, K) = (weight.Shape[0], weight.Shape.Last);
        Check.Rank(a, 2, Device.DType);
        Check.Last(a, K, Device.DType);
        Check.Shape(b, new Shape(N, a.Shape[0]), Device.DType);
        if (into is not null)
            Check.Shape(into, new Shape(N), Device.DType);
        var y = into ?? CreateSaved(new Shape(N));
        Run(new RowNorms(weight, a, b, scale, y));
        return y;
    }
}
