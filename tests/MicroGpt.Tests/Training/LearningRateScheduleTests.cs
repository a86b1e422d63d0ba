using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void The_warmup_rises_in_a_line_and_never_starts_at_zero()
    {
        var schedule = new LearningRateSchedule(1, 0.1, 4, 100, LearningRateDecay.Cosine);
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1.0], Enumerable.Range(0, 5).Select(schedule.At), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(LearningRateDecay.Cosine, 50, 0.55)]
    [InlineData(LearningRateDecay.Cosine, 25, 0.1 + 0.9 * 0.8535533905932737)]
    [InlineData(LearningRateDecay.Linear, 25, 0.775)]
    [InlineData(LearningRateDecay.Linear, 50, 0.55)]
    [InlineData(LearningRateDecay.Constant, 50, 1)]
    [InlineData(LearningRateDecay.Constant, 100, 1)]
    public void The_way_down_has_its_shape(LearningRateDecay decay, int step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, 0.1, 0, 100, decay).At(step), 1e-12);

    [Theory]
    [InlineData(LearningRateDecay.Cosine)]
    [InlineData(LearningRateDecay.Linear)]
    public void It_starts_at_the_peak_and_ends_at_the_minimum_and_stays_there(LearningRateDecay decay)
    {
        var schedule = new LearningRateSchedule(3, 1, 10, 100, decay);
        Assert.Equal(3, schedule.At(10), 1e-12);
        Assert.Equal(1, schedule.At(100), 1e-12);
        Assert.Equal(1, schedule.At(100_000), 1e-12);
    }

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(3, 1)]
    [InlineData(35, 1)]
    [InlineData(60, 0.05 + 0.95 * 40 / 65)]
    [InlineData(99, 0.05 + 0.95 / 65)]
    public void A_trapezoid_is_nanochats(int step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, 0.05, 4, 100, LearningRateDecay.Trapezoid).At(step), 1e-12);

    [Fact]
    public void A_warmup_longer_than_the_run_never_reaches_the_peak()
    {
        var schedule = new LearningRateSchedule(1, 0.1, 100, 10, LearningRateDecay.Cosine);
        Assert.All(Enumerable.Range(0, 10), step => Assert.InRange(schedule.At(step), 1e-9, 0.1));
    }

    [Fact]
    public void It_is_that_of_microgpt() // lr_t = learning_rate * (1 - step / num_steps)
    {
        var schedule = Recipe.Microgpt.Options.Schedule;
        Assert.All(Enumerable.Range(0, 1000), step => Assert.Equal(0.01 * (1 - step / 1000.0), schedule.At(step), 1e-15));
    }
}
