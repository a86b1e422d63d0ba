namespace MicroGpt.Bench.Tests;

public class StatisticsTests
{
    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { }, double.NaN)]
    public void The_median_stands_in_the_middle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));

    [Theory]
    [InlineData(0.0123456, "0.0123")]
    [InlineData(1.23456, "1.23")]
    [InlineData(12.3456, "12.3")]
    [InlineData(123.456, "123")]
    [InlineData(123456, "123,456")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "–")]
    public void Numbers_have_three_digits(double value, string digits) => Assert.Equal(digits, Statistics.Digits(value));

    [Fact]
    public void A_spread_goes_from_the_smallest_to_the_largest() => Assert.Equal("1.00 – 30.0", Statistics.Spread([2, 30, 1]));
}
