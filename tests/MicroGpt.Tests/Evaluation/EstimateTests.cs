using MicroGpt.Data.Curriculum;
using MicroGpt.Evaluation;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Evaluation;

public sealed class EstimateTests
{
    [Fact]
    public void A_ratios_interval_holds_the_true_one_nineteen_times_of_twenty()
    {
        var random = new MersenneTwister(1);
        var held = 0;
        for (var round = 0; round < 400; round++)
        {
            var examples = Enumerable.Range(0, 60).Select(_ =>
            {
                var bytes = 20 + 200 * random.NextDouble();
                return (bytes * (2 + random.NextGaussian(0, 0.5)), bytes); // 2 for each, more or less
            }).ToArray();
            var estimate = Estimate.OfRatio(examples);
            held += estimate.Low <= 2 && 2 <= estimate.High ? 1 : 0;
        }

        Assert.InRange(held / 400.0, 0.92, 0.98);
    }

    [Fact]
    public void Of_one_example_a_ratios_interval_is_not_known()
    {
        var estimate = Estimate.OfRatio([(6, 3)]);
        Assert.Equal((2, true, true), (estimate.Value, double.IsNaN(estimate.Low), double.IsNaN(estimate.High)));
    }

    [Fact]
    public void Chance_becomes_zero_and_one_stays()
    {
        Assert.Equal(new Estimate(0, -1.0 / 3, 1), new Estimate(0.25, 0, 1).Centred(0.25));
        Assert.Equal(new Estimate(0.5, 0.5, 0.5), new Estimate(0.75, 0.75, 0.75).Centred(0.5));
    }

    [Fact]
    public void A_means_interval_is_narrower_than_its_parts()
    {
        var mean = Estimate.OfMean([new Estimate(0, -0.3, 0.3), new Estimate(1, 0.6, 1.4)]);
        Assert.Equal((0.5, 0.25, 0.75), (mean.Value, mean.Low, mean.High));
    }

    [Theory]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(10, 3, 1, 0.3)]
    [InlineData(10, 3, 5, 1 - 21.0 / 252)] // all of 5 wrong: C(7, 5) of C(10, 5)
    [InlineData(10, 3, 8, 1)]
    [InlineData(1000, 1, 500, 0.5)]
    public void Pass_at_k_counts_the_ways_to_draw_k_replies(int samples, int right, int k, double expected) =>
        Assert.Equal(expected, PassAtK.Of(samples, right, k), 1e-12);

    [Fact]
    public void Pass_at_k_is_the_mean_over_questions()
    {
        var example = new Example("p", new Message(Message.Assistant, "a"), ScoringRule.Exact, ["a"]);
        ScoredReply[] replies = [.. ((bool[])[true, false, false, false]).Select(right => new ScoredReply(example, new Message(Message.Assistant, "a"), right))];
        var score = new ReplyScore(replies, Samples: 2);
        Assert.Equal((new Share(1, 4), 0.25, 0.5), (score.All, score.Pass(1).Value, score.Pass(2).Value));
        Assert.Equal(new Share(1, 2).Interval, score.Pass(2).Interval);
        Assert.Throws<ArgumentOutOfRangeException>(() => score.Pass(3));
    }
}
