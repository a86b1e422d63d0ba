namespace MicroGpt.Numerics;

/// <summary>y_t = x_{t − 1}: every position gets what the one before it has, the first of a sequence zeros.</summary>
internal readonly record struct Shift(
    Tensor X,          // (B, T, C)
    Tensor? CachedRow, // (B, C): on entry x of the position before the first, on return that of the last
    int Past,          // positions before the first; 0 where the cached row holds nothing yet
    Tensor Y)          // (B, T, C)
    : IOperation
{
    public Operands Inputs => new(X);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>What the position before has, for every position; zeros for the first.</summary>
    /// <param name="x">The rows of all positions, (B, T, C).</param>
    /// <param name="cachedRow">
    /// The row of the position before the first, (B, C), which is replaced by that of the last; null for sequences seen from their beginning.
    /// </param>
    /// <param name="past">How many positions came before; where it is 0, the cached row is not read.</param>
    /// <returns>Rows of the same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, an element type is wrong, or there are earlier positions but no cached row.</exception>
    /// <exception cref="InvalidOperationException">A cached row was given while the tape is recording: gradients do not flow through it.</exception>
    public Tensor Shift(Tensor x, Tensor? cachedRow = null, int past = 0)
    {
        Check.Rank(x, 3, Device.DType);
        if (past < 0 || (past > 0 && cachedRow is null))
            throw new ArgumentException($"There is no row of the position before, for {past} earlier positions.", nameof(past));
        if (cachedRow is not null)
        {
            if (IsRecording)
                throw new InvalidOperationException("Gradients do not flow through a cached row: record without one.");
            Check.Shape(cachedRow, new Shape(x.Shape[0], x.Shape.Last), Device.DType);
        }

        var y = Create(x.Shape);
        Run(new Shift(x, cachedRow, past, y));
        return y;
    }
}
