using MicroGpt.Inference;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Inference;

public sealed class SamplerTests
{
    private const int Draws = 20000;

    [Fact]
    public void Temperature_0_always_takes_the_best_the_first_among_equals()
    {
        var sampler = Sampler(new() { Temperature = 0 });
        Assert.Equal(2, sampler.Next([1, 2, 5, 5, 4]));
        Assert.Equal(0, sampler.Next([-1e300]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Tokens_come_as_often_as_their_probability_says(double temperature)
    {
        double[] logits = [0, 1, 2, -1, 0.5];
        var weights = logits.Select(logit => Math.Exp(logit / temperature)).ToArray();
        Matches([.. weights.Select(weight => weight / weights.Sum())], new() { Temperature = temperature }, logits);
    }

    [Fact]
    public void Top_k_leaves_the_k_best_in_their_proportion() =>
        Matches([0.4 / 0.7, 0, 0.3 / 0.7, 0], new() { Temperature = 1, TopK = 2 }, Logs(0.4, 0.2, 0.3, 0.1));

    [Fact]
    public void Top_p_leaves_the_best_that_reach_p() =>
        Matches([0.4 / 0.7, 0, 0.3 / 0.7, 0], new() { Temperature = 1, TopP = 0.65 }, Logs(0.4, 0.2, 0.3, 0.1));

    [Fact]
    public void Top_p_is_a_share_of_what_top_k_leaves() => // 0.4 of 0.7 is more than a half: one token is enough
        Matches([1, 0, 0, 0], new() { Temperature = 1, TopK = 2, TopP = 0.55 }, Logs(0.4, 0.2, 0.3, 0.1));

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(0, 1e-9)]
    public void The_best_is_left_at_least(int k, double p) =>
        Matches([0, 1, 0], new() { Temperature = 5, TopK = k, TopP = p }, [1, 2, 1.5]);

    [Fact]
    public void Among_equals_the_lower_id_is_the_better() =>
        Matches([0.5, 0.5, 0, 0], new() { Temperature = 1, TopK = 2 }, [1, 1, 1, 1]);

    [Fact]
    public void More_than_there_are_is_all() =>
        Matches([0.25, 0.75], new() { Temperature = 1, TopK = 100 }, Logs(0.25, 0.75));

    [Fact]
    public void A_score_of_minus_infinity_is_never_chosen() =>
        Matches([0, 0.5, 0.5], new() { Temperature = 1 }, [double.NegativeInfinity, 3, 3]);

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-300)]
    [InlineData(double.Epsilon)]
    public void A_tiny_temperature_is_nearly_zero_not_an_error(double temperature)
    {
        Matches([0, 1, 0], new() { Temperature = temperature }, [1, 2, -3]);
        Matches([1, 0, 0], new() { Temperature = temperature }, [-1, -2, -3]);
    }

    [Fact]
    public void Large_scores_do_not_overflow() => Matches([0.5, 0.5], new() { Temperature = 1 }, [1e6, 1e6]);

    [Theory]
    [InlineData(double.NaN, 1, 2)]
    [InlineData(1, double.NaN, 2)]
    [InlineData(1, 2, double.NaN)]
    [InlineData(1, double.PositiveInfinity, 2)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity)]
    public void Scores_that_are_not_numbers_are_found_out(double a, double b, double c)
    {
        foreach (var temperature in (double[])[0, 1])
        {
            var error = Assert.Throws<ArgumentException>(() => Sampler(new() { Temperature = temperature }).Next([a, b, c]));
            Assert.Contains("scores are not numbers", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_scores_are_refused() => Assert.Throws<ArgumentException>(() => Sampler(new()).Next([]));

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(double.NaN, 0, 1)]
    [InlineData(double.PositiveInfinity, 0, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 0, 1.1)]
    [InlineData(1, 0, double.NaN)]
    public void Impossible_options_are_refused(double temperature, int k, double p) =>
        Assert.Throws<ArgumentException>(() => Sampler(new() { Temperature = temperature, TopK = k, TopP = p }));

    private static Sampler Sampler(SamplerOptions options) => new(options, new MersenneTwister(3));

    private static double[] Logs(params double[] probabilities) => [.. probabilities.Select(probability => Math.Log(probability))];

    /// <summary>Frequencies within five standard deviations of the probabilities.</summary>
    private static void Matches(double[] expected, SamplerOptions options, double[] logits)
    {
        var sampler = Sampler(options);
        var counts = new int[expected.Length];
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next(logits)]++;
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], (double)counts[i] / Draws, 5 * Math.Sqrt(expected[i] * (1 - expected[i]) / Draws));
    }
}
