using MicroGpt.Evaluation;

namespace MicroGpt.Tests.Evaluation;

public sealed class ShareTests
{
    // By statsmodels 0.14: proportion_confint(right, count, method="wilson").
    [Theory]
    [InlineData(0, 10, 0.000000, 0.277533)]
    [InlineData(10, 10, 0.722467, 1.000000)]
    [InlineData(95, 100, 0.888248, 0.978457)]
    [InlineData(1, 2, 0.094531, 0.905469)]
    public void Interval_is_Wilsons(int right, int count, double low, double high)
    {
        var share = new Share(right, count);
        Assert.Equal((double)right / count, share.Value);
        Assert.Equal(low, share.Interval.Low, 5e-6);
        Assert.Equal(high, share.Interval.High, 5e-6);
    }

    [Fact]
    public void Of_nothing_nothing_is_known() => Assert.Equal((0, (0, 1)), (new Share(0, 0).Value, new Share(0, 0).Interval));
}
