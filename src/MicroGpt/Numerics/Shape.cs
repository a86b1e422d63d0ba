using System.Globalization;

namespace MicroGpt.Numerics;

/// <summary>The sizes of a tensor's dimensions, outermost first, at most four; the last dimension is contiguous in memory.</summary>
public readonly record struct Shape
{
    /// <summary>The most dimensions a tensor can have.</summary>
    public const int MaxRank = 4;

    /// <summary>The most elements a tensor can have: a little less than 2³¹, so that counts rounded up to whole registers or chunks still fit an int.</summary>
    public const int MaxCount = int.MaxValue - 4095;

    // Unused trailing dimensions are 1, so that equality and the product need no special case.
    private readonly int _d0, _d1, _d2, _d3;

    /// <summary>A shape of one to four dimensions; zero is a size like any other.</summary>
    /// <exception cref="ArgumentException">No dimension or more than four, a negative size, or more than <see cref="MaxCount"/> elements.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (dimensions.Length is 0 or > MaxRank)
            throw new ArgumentException($"A shape has 1 to {MaxRank} dimensions, not {dimensions.Length}.", nameof(dimensions));

        long count = 1;
        foreach (var size in dimensions)
        {
            if (size < 0)
                throw new ArgumentException($"A dimension can't be negative ({size}).", nameof(dimensions));
            count *= size;
            if (count > MaxCount)
                throw new ArgumentException(
                    $"A tensor has at most {MaxCount:N0} elements; {string.Join(" × ", dimensions.ToArray())} is more.",
                    nameof(dimensions));
        }

        Rank = dimensions.Length;
        Count = (int)count;
        Last = dimensions[^1];
        _d0 = dimensions[0];
        _d1 = Rank > 1 ? dimensions[1] : 1;
        _d2 = Rank > 2 ? dimensions[2] : 1;
        _d3 = Rank > 3 ? dimensions[3] : 1;
    }

    /// <summary>The number of dimensions.</summary>
    public int Rank { get; }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The size of the last dimension: the length of a row.</summary>
    public int Last { get; }

    /// <summary>The number of rows: all dimensions but the last, multiplied.</summary>
    public int Rows => Rank switch { 0 => 0, 1 => 1, 2 => _d0, 3 => _d0 * _d1, _ => _d0 * _d1 * _d2 };

    /// <summary>The size of one dimension.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int dimension] =>
        (uint)dimension >= (uint)Rank
            ? throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"The shape {this} has {Rank} dimensions.")
            : dimension switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 };

    /// <summary>The same shape with another last dimension.</summary>
    public Shape WithLast(int last) => Rank switch
    {
        1 => new Shape(last),
        2 => new Shape(_d0, last),
        3 => new Shape(_d0, _d1, last),
        _ => new Shape(_d0, _d1, _d2, last),
    };

    /// <summary>The sizes, outermost first.</summary>
    public int[] ToArray() => new[] { _d0, _d1, _d2, _d3 }[..Rank];

    /// <summary>The sizes in parentheses, as in <c>(12, 64, 128)</c>.</summary>
    public override string ToString() =>
        $"({string.Join(", ", ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)))})";
}
