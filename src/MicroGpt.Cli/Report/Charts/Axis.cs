using System.Globalization;

namespace MicroGpt.Cli.Report.Charts;

/// <summary>A range of numbers, with round ones to write beside it.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest, above it.</param>
internal readonly record struct Axis(double Low, double High)
{
    /// <summary>The range of some numbers, with a little room; of equal ones, room around them.</summary>
    public static Axis Of(IEnumerable<double> values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(double.IsFinite))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high)
            return new Axis(0, 1);
        var room = high - low is > 0 and var span && span > 1e-9 * Math.Abs(high) ? 0.04 * span : Math.Max(Math.Abs(high) * 0.1, 1e-9);
        return new Axis(low >= 0 && low - room < 0 ? 0 : low - room, high + room);
    }

    /// <summary>Where a number stands, from 0 to 1.</summary>
    public double Part(double value) => (value - Low) / (High - Low);

    /// <summary>Round numbers in the range: 1, 2 or 5 times a power of ten apart.</summary>
    /// <param name="most">How many at most, about.</param>
    public IEnumerable<double> Ticks(int most)
    {
        var step = Step(most);
        for (var i = Math.Ceiling(Low / step); i * step <= High + step * 1e-9; i++)
            yield return i * step;
    }

    /// <summary>A tick in words, with as many digits as tell it from its neighbours.</summary>
    public string Label(double tick, int most)
    {
        var step = Step(most);
        var digits = Math.Clamp((int)-Math.Floor(Math.Log10(step) + 1e-9), 0, 15);
        return Math.Abs(tick) >= 1e6 || (tick != 0 && step < 1e-4)
            ? tick.ToString("0.##E+0", CultureInfo.InvariantCulture)
            : tick.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private double Step(int most)
    {
        var rough = (High - Low) / most;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
