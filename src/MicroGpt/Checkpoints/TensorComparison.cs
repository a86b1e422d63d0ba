using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>How a tensor of one source differs from that of the same name in another.</summary>
/// <param name="Name">The name.</param>
/// <param name="First">Its shape in the first source, or null where it is not there.</param>
/// <param name="Second">Its shape in the second source, or null where it is not there.</param>
public sealed record TensorDifference(string Name, Shape? First, Shape? Second)
{
    /// <summary>How many elements differ; 0 unless the shapes are the same.</summary>
    public long Different { get; init; }

    /// <summary>The largest distance of two elements; infinite where only one of them is a number.</summary>
    public double Largest { get; init; }

    /// <summary>Which element that is, in row-major order.</summary>
    public long At { get; init; }

    /// <summary>The two elements.</summary>
    public (double First, double Second) Values { get; init; }

    /// <summary>Whether all is the same.</summary>
    public bool IsNone => First == Second && Different == 0;
}

/// <summary>Compares checkpoints number by number, as double-precision values of what is stored, with only pieces of them in memory.</summary>
public static class TensorComparison
{
    /// <summary>Compares all tensors of two sources.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <param name="progress">Is told how many numbers have been compared.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>One for each name: those of the first source in its order, then those that only the second has.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static IReadOnlyList<TensorDifference> Compare(
        ITensorSource first, ITensorSource second, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var others = second.Entries.ToDictionary(entry => entry.Name);
        var result = new List<TensorDifference>();
        var compared = 0L;
        foreach (var entry in first.Entries)
        {
            if (!others.Remove(entry.Name, out var other))
                result.Add(new TensorDifference(entry.Name, entry.Shape, null));
            else if (other.Shape != entry.Shape)
                result.Add(new TensorDifference(entry.Name, entry.Shape, other.Shape));
            else
                result.Add(Compare(entry, first, second, cancellation));
            progress?.Report(compared += entry.Shape.Count);
        }

        result.AddRange(second.Entries.Where(entry => others.ContainsKey(entry.Name)).Select(entry => new TensorDifference(entry.Name, null, entry.Shape)));
        return result;
    }

    private static TensorDifference Compare(TensorEntry entry, ITensorSource first, ITensorSource second, CancellationToken cancellation)
    {
        var total = new TensorDifference(entry.Name, entry.Shape, entry.Shape);
        var turn = new Lock();
        InParallel.ForEach(
            TensorLoading.Pieces(entry.Shape.Count),
            piece =>
            {
                var (a, b) = (new double[piece.Count], new double[piece.Count]);
                first.Read(entry.Name, a.AsSpan(), piece.First);
                second.Read(entry.Name, b.AsSpan(), piece.First);
                var part = Compare(a, b, piece.First, new TensorDifference(entry.Name, entry.Shape, entry.Shape));
                lock (turn)
                    total = (IsWorse(part, total) ? part : total) with { Different = total.Different + part.Different };
            },
            cancellation);
        return total;
    }

    /// <summary>Of equal distances the first in the tensor is told, whichever thread is done first.</summary>
    private static bool IsWorse(TensorDifference part, TensorDifference total) =>
        part.Largest > total.Largest || (part.Largest == total.Largest && part.At < total.At);

    private static TensorDifference Compare(double[] a, double[] b, int firstElement, TensorDifference none)
    {
        var (different, largest, at) = (0L, 0.0, -1);
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] == b[i] || (double.IsNaN(a[i]) && double.IsNaN(b[i])))
                continue;
            different++;
            var distance = double.IsNaN(a[i] - b[i]) ? double.PositiveInfinity : Math.Abs(a[i] - b[i]);
            if (distance > largest)
                (largest, at) = (distance, i);
        }

        return at < 0 ? none : none with { Different = different, Largest = largest, At = firstElement + at, Values = (a[at], b[at]) };
    }
}
