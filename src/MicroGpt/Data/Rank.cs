namespace MicroGpt.Data;

/// <summary>
/// Which of several processes this one is, all training one model. A batch source then gives this process its own rows: the
/// batches of all ranks, one below another, are the batch that a single process with so many rows would get. So they share
/// no row, leave none out, and have the same state.
/// </summary>
public sealed record Rank
{
    /// <summary>Names a process.</summary>
    /// <param name="index">Which it is, from 0.</param>
    /// <param name="worldSize">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such process.</exception>
    public Rank(int index, int worldSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, worldSize);
        (Index, WorldSize) = (index, worldSize);
    }

    /// <summary>The only process.</summary>
    public static Rank Single { get; } = new(0, 1);

    /// <summary>Which it is, from 0.</summary>
    public int Index { get; }

    /// <summary>How many there are.</summary>
    public int WorldSize { get; }

    /// <summary>The rows of all processes' batches together.</summary>
    internal long AllRows(int rows) => (long)rows * WorldSize;

    /// <summary>Which row of this process' batch a row of all is, if it is one.</summary>
    internal bool Owns(long rowOfAll, int rows, out int row)
    {
        row = (int)(rowOfAll % rows);
        return rowOfAll / rows == Index;
    }
}
