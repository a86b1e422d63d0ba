namespace MicroGpt.Evaluation;

/// <summary>How many of some tries were right.</summary>
/// <param name="Right">Those that were.</param>
/// <param name="Count">All.</param>
public readonly record struct Share(int Right, int Count)
{
    private const double Z = 1.959964; // of the normal distribution, 95% lies within ± Z deviations

    /// <summary>The part that was right, from 0 to 1; 0 of nothing.</summary>
    public double Value => Count == 0 ? 0 : (double)Right / Count;

    /// <summary>
    /// Where the true part lies, with 95% confidence: the interval of Wilson (1927), which keeps within 0 and 1 and holds for few
    /// tries too.
    /// </summary>
    public (double Low, double High) Interval
    {
        get
        {
            if (Count == 0)
                return (0, 1);
            var spread = Z * Z / Count;
            var centre = (Value + spread / 2) / (1 + spread);
            var half = Z * Math.Sqrt(Value * (1 - Value) / Count + spread / (4 * Count)) / (1 + spread);
            return (Math.Max(0, centre - half), Math.Min(1, centre + half));
        }
    }
}
