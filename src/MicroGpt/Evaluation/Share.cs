namespace MicroGpt.Evaluation;

/// <summary>How many of some tries were right.</summary>
/// <param name="Right">Those that were.</param>
/// <param name="Count">All.</param>
public readonly record struct Share(int Right, int Count)
{
    /// <summary>The part that was right, from 0 to 1; 0 of nothing.</summary>
    public double Value => Count == 0 ? 0 : (double)Right / Count;

    /// <summary>Where the true part lies, with 95% confidence.</summary>
    public (double Low, double High) Interval => Estimate.Interval;

    /// <summary>The part that was right, with its interval.</summary>
    public Estimate Estimate => Evaluation.Estimate.OfShare(Value, Count);
}
