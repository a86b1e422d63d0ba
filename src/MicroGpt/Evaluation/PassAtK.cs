namespace MicroGpt.Evaluation;

/// <summary>
/// Whether at least one of k replies is right, estimated from n ≥ k replies without bias: 1 − C(n − c, k) / C(n, k), where c of them
/// are right (Chen et al. 2021, "Evaluating large language models trained on code").
/// </summary>
public static class PassAtK
{
    /// <summary>The estimate for one question.</summary>
    /// <param name="samples">Replies to it, n.</param>
    /// <param name="right">Those that are right, c.</param>
    /// <param name="k">How many there would be.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not from 1 to n, or c not from 0 to n.</exception>
    public static double Of(int samples, int right, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        var allWrong = 1.0; // the product of (1 − k / i): no binomial coefficient, which might be too large
        for (var i = samples - right + 1; i <= samples; i++)
            allWrong *= Math.Max(0, 1 - (double)k / i);
        return 1 - allWrong;
    }
}
