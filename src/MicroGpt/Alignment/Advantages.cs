namespace MicroGpt.Alignment;

/// <summary>How much better than the others of its group each reply is.</summary>
internal static class Advantages
{
    private const double Epsilon = 1e-4; // of a group in which all are alike

    /// <summary>A = r − mean of the group; for GRPO divided by the group's standard deviation (Shao et al. 2024, section 4.1.2).</summary>
    /// <param name="rewards">The rewards, group by group.</param>
    /// <param name="group">How many replies a group has.</param>
    /// <param name="divided">Whether they are divided by the standard deviation.</param>
    public static double[] Of(IReadOnlyList<double> rewards, int group, bool divided)
    {
        var advantages = new double[rewards.Count];
        for (var first = 0; first < advantages.Length; first += group)
        {
            var own = Enumerable.Range(first, group).Select(i => rewards[i]).ToArray();
            var mean = own.Average();
            var scale = divided ? Math.Sqrt(own.Sum(reward => (reward - mean) * (reward - mean)) / (group - 1)) + Epsilon : 1;
            for (var i = 0; i < group; i++)
                advantages[first + i] = (own[i] - mean) / scale;
        }

        return advantages;
    }
}
