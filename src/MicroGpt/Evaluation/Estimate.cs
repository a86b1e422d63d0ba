namespace MicroGpt.Evaluation;

/// <summary>A number that was measured on some examples, and where the true one lies with 95% confidence.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">The least that it may be.</param>
/// <param name="High">The most.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    private const double Z = 1.959964; // of the normal distribution, 95% lies within ± Z deviations

    /// <summary>The least and the most that it may be.</summary>
    public (double Low, double High) Interval => (Low, High);

    /// <summary>
    /// A mean of numbers from 0 to 1: the interval of Wilson (1927), which keeps within 0 and 1 and holds for few examples too. It is
    /// that of zeros and ones; where there are numbers between, these vary less, and it is rather too wide.
    /// </summary>
    /// <param name="value">The mean.</param>
    /// <param name="count">Of how many; of none nothing is known.</param>
    public static Estimate OfShare(double value, int count)
    {
        if (count == 0)
            return new Estimate(value, 0, 1);
        var spread = Z * Z / count;
        var centre = (value + spread / 2) / (1 + spread);
        var half = Z * Math.Sqrt(value * (1 - value) / count + spread / (4 * count)) / (1 + spread);
        return new Estimate(value, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>
    /// A ratio of two sums over examples, Σ above / Σ below, such as bits a byte of documents. Its deviation is that of the examples'
    /// residuals (above − ratio·below), to first order; of a single example it is not known.
    /// </summary>
    /// <param name="examples">What each example adds to the sum above and to that below.</param>
    public static Estimate OfRatio(IReadOnlyCollection<(double Above, double Below)> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var (count, below) = (examples.Count, examples.Sum(example => example.Below));
        var ratio = examples.Sum(example => example.Above) / below;
        if (count < 2)
            return new Estimate(ratio, double.NaN, double.NaN);
        var squares = examples.Sum(example => Math.Pow(example.Above - ratio * example.Below, 2));
        var half = Z * Math.Sqrt(squares * count / (count - 1)) / below;
        return new Estimate(ratio, ratio - half, ratio + half);
    }

    /// <summary>The mean of independent numbers, each with its own interval.</summary>
    public static Estimate OfMean(IReadOnlyCollection<Estimate> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var mean = parts.Average(part => part.Value);
        return new Estimate(
            mean,
            mean - Math.Sqrt(parts.Sum(part => Math.Pow(part.Value - part.Low, 2))) / parts.Count,
            mean + Math.Sqrt(parts.Sum(part => Math.Pow(part.High - part.Value, 2))) / parts.Count);
    }

    /// <summary>The same on a scale where chance is 0 and 1 stays 1: (x − chance) / (1 − chance).</summary>
    /// <param name="baseline">What chance reaches, below 1.</param>
    public Estimate Centred(double baseline)
    {
        return new Estimate(On(Value), On(Low), On(High));

        double On(double x) => (x - baseline) / (1 - baseline);
    }
}
