namespace MicroGpt.Data.Prepared;

/// <summary>How many documents have how many tokens, in classes of doubling length: 1, 2 to 3, 4 to 7, and so on.</summary>
public sealed class LengthHistogram
{
    private readonly List<long> _counts = [];

    /// <summary>No documents, or those counted before.</summary>
    public LengthHistogram(IEnumerable<long>? counts = null) => _counts.AddRange(counts ?? []);

    /// <summary>The documents of each class, up to the last that has any.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Counts a document.</summary>
    public void Add(long length)
    {
        var index = long.Log2(Math.Max(1, length));
        while (_counts.Count <= index)
            _counts.Add(0);
        _counts[(int)index]++;
    }

    /// <summary>The shortest and the longest of a class.</summary>
    public static (long Shortest, long Longest) Range(int index) => (1L << index, (2L << index) - 1);
}
