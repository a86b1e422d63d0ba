using System.Globalization;

namespace MicroGpt.Bench;

/// <summary>What is said about repeated measurements: the median, and how far they spread.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0
            ? double.NaN
            : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest and the largest, with three significant digits.</summary>
    public static string Spread(IReadOnlyCollection<double> values) =>
        values.Count == 0 ? "" : $"{Digits(values.Min())} – {Digits(values.Max())}";

    /// <summary>A number with at least three significant digits: 0.0123, 1.23, 12.3, 1,234.</summary>
    public static string Digits(double value)
    {
        if (!double.IsFinite(value) || value == 0)
            return value == 0 ? "0" : "–";
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 8);
        return value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
