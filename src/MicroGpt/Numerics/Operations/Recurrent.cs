namespace MicroGpt.Numerics;

/// <summary>
/// A recurrent layer over all positions: from the state h before a position (and c, for an LSTM) and the inputs' part a of its gates,
/// with p = W h + b,
/// <code>
/// RNN    h′ = tanh(a + p)
/// GRU    r, z = σ(a + p)        n = tanh(a + r p)    h′ = (1 − z) n + z h
/// LSTM   i, f, o = σ(a + p)     g = tanh(a + p)      c′ = f c + i g          h′ = o tanh(c′)
/// </code>
/// </summary>
internal readonly record struct Recurrent(
    RecurrentCell Cell,
    Tensor Gates,    // (B, T, G·H): a
    Tensor Weight,   // (G·H, H)
    Tensor? Bias,    // (G·H)
    Tensor? State,   // (B, H), or (B, 2H) with c behind h: before the first position, then behind the last
    Tensor Previous, // (B, T, H): h before each position
    Tensor Kept,     // (B, T, ·): r, z, n, p of n; or i, f, g, o, c
    Tensor? Deltas,  // (B, T, G·H), for the gradient of p
    Tensor Y)        // (B, T, H): h′
    : IOperation
{
    public Operands Inputs => new(Gates, Weight, Bias);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>A recurrent layer over all positions of every row.</summary>
    /// <param name="cell">How it goes from one position to the next.</param>
    /// <param name="gates">The inputs' part of the gates, W x + b, (B, T, G·H): G is 1 for an RNN, 3 for a GRU, 4 for an LSTM.</param>
    /// <param name="weight">The matrix from the state, (G·H, H), in PyTorch's order of gates.</param>
    /// <param name="bias">What is added to its product, (G·H), or null for nothing.</param>
    /// <param name="state">
    /// What is remembered before the first position, (B, H), for an LSTM (B, 2H), and then what is remembered behind the last: it is
    /// written to. Null for zeros. No gradient goes further back than to it.
    /// </param>
    /// <returns>The states h after every position, (B, T, H).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, an element type is wrong, or the state wants a gradient.</exception>
    public Tensor Recurrent(RecurrentCell cell, Tensor gates, Tensor weight, Tensor? bias = null, Tensor? state = null)
    {
        if (!Enum.IsDefined(cell))
            throw new ArgumentOutOfRangeException(nameof(cell), cell, "There is no such cell.");
        Check.Rank(gates, 3, Device.DType);
        Check.Rank(weight, 2, Device.DType);
        var (B, T, H) = (gates.Shape[0], gates.Shape[1], weight.Shape.Last);
        Check.Shape(weight, new Shape(checked(cell.Gates() * H), H), Device.DType);
        Check.Last(gates, weight.Shape[0], Device.DType);
        if (bias is not null)
            Check.Shape(bias, new Shape(weight.Shape[0]), Device.DType);
        if (state is not null)
        {
            Check.Shape(state, new Shape(B, cell.StateSize(H)), Device.DType);
            if (state.RequiresGrad)
                throw new ArgumentException("A state is written to, so it can't have a gradient.", nameof(state));
        }

        var y = Create(new Shape(B, T, H));
        Run(new Recurrent(
            cell, gates, weight, bias, state, CreateSaved(y.Shape), CreateSaved(new Shape(B, T, checked(cell.Kept() * H))),
            IsRecording ? CreateSaved(gates.Shape) : null, y));
        return y;
    }
}
