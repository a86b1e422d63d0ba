using System.Text.RegularExpressions;

namespace MicroGpt.Bench.Tests;

public class FigureTests
{
    [Theory]
    [InlineData("768x128x128 2 214.5 GFLOP/s", "768x128x128 2", 214.5, "GFLOP/s")]
    [InlineData("gelu-tanh 768x512 2.5E+09 elements/s", "gelu-tanh 768x512", 2.5e9, "elements/s")]
    [InlineData("char 28.61 ms a step = 26841 tokens/s = 138.7 GFLOP/s (median of 64 steps)", "char", 28.61, "ms")]
    [InlineData("ours: 26,841 tokens/s", "ours:", 26841, "tokens/s")]
    [InlineData("char eager 2T params=804096 steps=98 med=42.00 ms (fwd 13.83)", "char eager 2T params=804096 steps=98 med=", 42, "ms")]
    [InlineData("took 9.7µs", "took", 9.7, "µs")]
    public void The_first_number_with_a_unit_is_the_figure(string line, string name, double value, string unit)
    {
        var figure = Assert.Single(Figure.ReadAll(line, Figure.DefaultPattern));
        Assert.Equal((name, value, unit, (double?)null), (figure.Name, figure.Value, figure.Unit, figure.Loss));
    }

    [Theory]
    [InlineData("a line of words")]
    [InlineData("4 layers, 12 msgs, 3 tokens/second")]
    public void A_line_without_a_known_unit_has_no_figure(string line) =>
        Assert.Empty(Figure.ReadAll(line, Figure.DefaultPattern));

    [Theory]
    [InlineData("step 7: train loss 3.21 (took 4308.1 ms)", 3.21)]
    [InlineData("12.5 us, loss=2.4157", 2.4157)]
    [InlineData("12.5 us, lossless 7", null)]
    public void A_loss_stands_behind_its_word(string line, double? loss) =>
        Assert.Equal(loss, Assert.Single(Figure.ReadAll(line, Figure.DefaultPattern)).Loss);

    [Fact]
    public void Lines_with_figures_are_found_among_others()
    {
        var figures = Figure.ReadAll("hello\nexp 3e9 elements/s\n\nadd 7e9 elements/s\r\nbye", Figure.DefaultPattern);
        Assert.Equal(["exp", "add"], figures.Select(figure => figure.Name));
    }

    [Fact]
    public void A_pattern_without_a_unit_finds_milliseconds()
    {
        var figure = Assert.Single(Figure.ReadAll("iteration took: 17.25", new Regex(@"took: (?<value>[\d.]+)")));
        Assert.Equal(17.25, figure.Milliseconds(tokens: 768));
    }

    [Theory]
    [InlineData(20, "ms", 20)]
    [InlineData(20, "us", 0.02)]
    [InlineData(20, "µs", 0.02)]
    [InlineData(1000, "tokens/s", 768)]
    public void A_step_takes_milliseconds(double value, string unit, double milliseconds) =>
        Assert.Equal(milliseconds, new Figure("", value, unit, null).Milliseconds(tokens: 768));

    [Fact]
    public void A_rate_of_another_kind_is_no_time() =>
        Assert.Throws<ArgumentException>(() => new Figure("", 1, "GFLOP/s", null).Milliseconds(tokens: 768));
}
