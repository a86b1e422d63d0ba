using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The dial's other half: how much is learned from, and in which steps.</summary>
public sealed class NanochatHorizonTests
{
    private static readonly TrainerOptions s_options = new TrainerOptions { BatchSize = 32 }.ForNanochat();

    [Fact]
    public void Twelve_layers_learn_in_steps_of_half_a_million_tokens_from_twelve_times_their_matrices()
    {
        var options = NanochatOptimizer.WithHorizon(GptPresets.Nanochat(32768), s_options, Device.Default);
        Assert.Equal(1 << 19, options.BatchSize * options.AccumulationSteps * 2048);
        var numbers = 12 * 12 * 768.0 * 768 + 32768 * 768; // but for the gates
        Assert.InRange(options.Steps, 12 * numbers / (1 << 19) - 1, 12 * numbers / (1 << 19) + 2);
    }

    [Theory]
    [InlineData(4, 18)] // a tenth of the tokens: 2^(19 + 0.383 · log2(0.105)) = 2^17.75 a step
    [InlineData(20, 20)]
    public void Other_depths_have_steps_that_go_with_them(int depth, int power)
    {
        var options = NanochatOptimizer.WithHorizon(GptPresets.Nanochat(32768, depth), s_options, Device.Default);
        Assert.Equal(1L << power, (long)options.BatchSize * options.AccumulationSteps * 2048);
    }

    [Fact]
    public void A_step_that_was_chosen_is_kept()
    {
        var options = NanochatOptimizer.WithHorizon(GptPresets.Nanochat(1024, 4) with { ContextLength = 256 }, s_options with { AccumulationSteps = 2 }, Device.Default, keepStepSize: true);
        Assert.Equal((32, 2), (options.BatchSize, options.AccumulationSteps));
        Assert.InRange((double)options.Steps * 32 * 2 * 256, 12 * 12 * 4 * 256.0 * 256, 12 * 13.5 * 4 * 256.0 * 256);
    }
}
