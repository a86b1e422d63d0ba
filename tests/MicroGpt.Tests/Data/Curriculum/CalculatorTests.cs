using MicroGpt.Data.Curriculum;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data.Curriculum;

public sealed class CalculatorTests
{
    [Theory]
    [InlineData("12+7", "19")]
    [InlineData("2 + 3 * 4", "14")]
    [InlineData("(2 + 3) * 4", "20")]
    [InlineData("10-2-3", "5")]
    [InlineData("100/10/2", "5")]
    [InlineData("10/4", "2.5")]
    [InlineData("1/3", "0.333333")]
    [InlineData("0.1+0.2", "0.3")]
    [InlineData("-3*-2", "6")]
    [InlineData("5--2", "7")]
    [InlineData("0-0.0000001", "0")]
    public void Values(string expression, string value) => Assert.Equal(value, Calculator.Evaluate(expression));

    [Theory]
    [InlineData("")]
    [InlineData("1/0")]
    [InlineData("1/(2-2)")]
    [InlineData("2+")]
    [InlineData("(1")]
    [InlineData("1)")]
    [InlineData("1 2")]
    [InlineData("1.2.3")]
    [InlineData("two")]
    [InlineData("clock()")]
    [InlineData("2**3")]
    [InlineData("99999999999999999999*99999999999999999999")]
    public void No_values(string expression) => Assert.Null(Calculator.Evaluate(expression));

    [Fact]
    public void Long_and_deep_expressions_have_no_value_rather_than_overflowing_the_stack()
    {
        Assert.Null(Calculator.Evaluate(new string('(', 150)));
        Assert.Null(Calculator.Evaluate(new string('-', 150) + "1"));
        Assert.Null(Calculator.Evaluate(new string('1', 100_000)));
    }

    [Fact]
    public void Anything_else_ends_in_a_value_or_in_none()
    {
        var random = new MersenneTwister(3);
        for (var i = 0; i < 20_000; i++)
            _ = Calculator.Evaluate(string.Concat(Enumerable.Range(0, random.NextInt32(12)).Select(_ => "0123456789+-*/(). x"[random.NextInt32(19)])));
    }
}
