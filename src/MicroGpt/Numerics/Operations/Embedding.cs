namespace MicroGpt.Numerics;

/// <summary>y[i] = table[ids[i]]: a row of the table for every id.</summary>
internal readonly record struct Embedding(
    Tensor Table, // (V, C)
    Tensor Ids,   // (B, T) integers
    Tensor Y)     // (B, T, C)
    : IOperation
{
    public Operands Inputs => new(Table);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>Looks up a row of the table for every id.</summary>
    /// <param name="table">The rows, (V, C).</param>
    /// <param name="ids">Which rows, (B, T), integers from 0 to V − 1.</param>
    /// <returns>The rows, (B, T, C).</returns>
    /// <exception cref="ArgumentException">The table is not a matrix of the device's type, or the ids are not a (B, T) tensor of integers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not a row of the table.</exception>
    public Tensor Embedding(Tensor table, Tensor ids)
    {
        Check.Rank(table, 2, Device.DType);
        Check.Indices(ids, table.Shape[0]);
        var y = Create(new Shape(ids.Shape[0], ids.Shape[1], table.Shape.Last));
        Run(new Embedding(table, ids, y));
        return y;
    }
}
