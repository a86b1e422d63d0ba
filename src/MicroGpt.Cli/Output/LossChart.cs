using System.Globalization;
using MicroGpt.Training;

namespace MicroGpt.Cli.Output;

/// <summary>
/// A loss curve in a terminal: the training loss (or the first of what a run measures instead) as a line of Braille dots (each character is 2 × 4 of them), averaged over the
/// steps of a dot, and the validation losses as circles.
/// </summary>
internal sealed class LossChart(IReadOnlyList<TrainingRecord> records, int columns = 64, int rows = 12, Measures? measures = null)
{
    private const char EmptyBraille = '\u2800';
    private const char ValidationMark = 'o';

    private readonly Measures _measures = measures ?? Measures.OfLoss;

    // The bit of the dot at (x, y) within a Braille character, as Unicode numbers them.
    private static readonly int[,] s_dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>The chart, line by line; nothing where there are no losses.</summary>
    public IEnumerable<string> Lines()
    {
        if (records.Count == 0)
            yield break;

        var curve = Curve();
        var validation = records.Where(record => record.ValidationLoss is { } loss && double.IsFinite(loss)).ToArray();
        var values = curve.Concat(validation.Select(record => record.ValidationLoss!.Value)).Where(double.IsFinite).ToArray();
        if (values.Length == 0)
            yield break;
        var (low, high) = (values.Min(), values.Max());
        if (high - low < 1e-6)
            high = low + 1e-6;

        var cells = new char[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                cells[row, column] = EmptyBraille;
        Draw(cells, curve, value => (int)Math.Round((high - value) / (high - low) * (4 * rows - 1)));
        foreach (var record in validation)
            cells[(int)Math.Round((high - record.ValidationLoss!.Value) / (high - low) * (4 * rows - 1)) / 4, Column(record.Step) / 2] =
                ValidationMark;

        for (var row = 0; row < rows; row++)
        {
            var label = row == 0 ? Number(high) : row == rows - 1 ? Number(low) : row == rows / 2 ? Number((low + high) / 2) : "";
            var line = string.Concat(Enumerable.Range(0, columns).Select(column => cells[row, column])).TrimEnd(EmptyBraille);
            yield return $"{label,6} ┤{line}";
        }

        var last = $"step {records[^1].Step.ToString("N0", CultureInfo.InvariantCulture)}";
        yield return $"{"",6} └{new string('─', columns)}";
        yield return $"{"",8}{records[0].Step.ToString(CultureInfo.InvariantCulture).PadRight(columns - last.Length)}{last}";
        var (drawn, unit) = _measures.Loss is null ? (_measures.OfStep[0], "") : ("training loss", ", nats a token");
        var marks = _measures.Validation.Replace("val ", "validation ", StringComparison.Ordinal);
        yield return $"{"",8}— {drawn}{(validation.Length == 0 ? "" : $"   {ValidationMark} {marks}")}{unit}";
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>The dot column of a step.</summary>
    private int Column(int step) =>
        (int)((long)(step - records[0].Step) * (2 * columns - 1) / Math.Max(1, records[^1].Step - records[0].Step));

    /// <summary>The mean training loss of each dot column; columns without a step lie on the line between their neighbours.</summary>
    private double[] Curve()
    {
        var sums = new double[2 * columns];
        var counts = new int[2 * columns];
        foreach (var record in records)
        {
            sums[Column(record.Step)] += _measures.Loss is null ? record.Measures[0] : record.TrainLoss;
            counts[Column(record.Step)]++;
        }

        double[] curve = [.. sums.Select((sum, i) => counts[i] == 0 ? double.NaN : sum / counts[i])];
        var known = Enumerable.Range(0, curve.Length).Where(x => double.IsFinite(curve[x])).ToArray();
        foreach (var (left, right) in known.Zip(known.Skip(1)))
            for (var x = left + 1; x < right; x++)
                curve[x] = curve[left] + (curve[right] - curve[left]) * (x - left) / (right - left);
        return curve;
    }

    /// <summary>Draws a dot for every value, and those between it and the one before.</summary>
    private static void Draw(char[,] cells, double[] curve, Func<double, int> height)
    {
        int? before = null;
        for (var x = 0; x < curve.Length; x++)
        {
            if (!double.IsFinite(curve[x]))
                continue;
            var y = height(curve[x]);
            var from = before is { } last ? last + Math.Sign(y - last) : y;
            for (var dot = Math.Min(from, y); dot <= Math.Max(from, y); dot++)
                cells[dot / 4, x / 2] = (char)(cells[dot / 4, x / 2] | s_dots[x % 2, dot % 4]);
            before = y;
        }
    }
}
