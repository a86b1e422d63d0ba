namespace MicroGpt.Checkpoints;

/// <summary>
/// How one tensor is made of others: their rows, below one another. A row is everything behind a tensor's first dimension; of a
/// vector it is a single number.
/// </summary>
/// <param name="Target">The tensor's name.</param>
/// <param name="Parts">What its rows are taken from.</param>
public sealed record TensorRule(string Target, params IReadOnlyList<TensorPart> Parts);

/// <summary>Some rows of a source tensor.</summary>
/// <param name="Source">The tensor's name in the source.</param>
public sealed record TensorPart(string Source)
{
    /// <summary>The first row that is taken.</summary>
    public int FirstRow { get; init; }

    /// <summary>How many rows are taken; null for all from <see cref="FirstRow"/> on.</summary>
    public int? Rows { get; init; }

    /// <summary>Whether the source, a matrix, is read by its columns: row r of the part is its column r.</summary>
    public bool Transposed { get; init; }

    /// <summary>
    /// Which row of the source, counted from <see cref="FirstRow"/>, is taken as row r of the part; null for the same. For formats that
    /// keep the pairs of rotary positions elsewhere.
    /// </summary>
    public Func<int, int>? Row { get; init; }
}
