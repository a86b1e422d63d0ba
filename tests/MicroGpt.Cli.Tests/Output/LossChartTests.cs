using MicroGpt.Cli.Output;
using MicroGpt.Training;

namespace MicroGpt.Cli.Tests.Output;

public sealed class LossChartTests
{
    [Fact]
    public void A_falling_line_falls_from_corner_to_corner() =>
        Approve("falling", Draw(Enumerable.Range(0, 16).Select(i => 4 - i * 0.2), columns: 8));

    [Fact]
    public void One_record_is_one_dot() => Approve("one", Draw([2.5]));

    [Fact]
    public void A_constant_loss_is_a_level_line() => Approve("constant", Draw(Enumerable.Repeat(1.5, 48)));

    [Fact]
    public void A_huge_constant_loss_is_one_too() => Assert.Equal(7, Draw(Enumerable.Repeat(1e12, 48)).Length);

    [Fact]
    public void A_curve_falls_and_circles_mark_the_validation() =>
        Approve("curve", new LossChart([.. Enumerable.Range(1, 200).Select(Record)], 24, 4).Lines());

    [Fact]
    public void What_is_not_a_number_is_left_out()
    {
        TrainingRecord[] records =
        [
            new(1, 3, null, 0, 0), new(2, double.NaN, double.NaN, 0, 0), new(3, double.PositiveInfinity, double.PositiveInfinity, 0, 0),
            new(4, 1, double.NegativeInfinity, 0, 0),
        ];
        Approve("not-numbers", new LossChart(records, 24, 4).Lines());
        Assert.Empty(new LossChart(records[1..3], 24, 4).Lines());
    }

    [Fact]
    public void Without_records_there_is_no_chart() => Assert.Empty(Draw([]));

    [Fact]
    public void Every_size_of_run_fits()
    {
        foreach (var count in (int[])[1, 2, 3, 23, 24, 25, 47, 48, 49, 1000])
            Assert.All(Draw(Enumerable.Range(0, count).Select(i => Math.Sin(i))), line => Assert.True(line.Length <= 8 + 48, line));
    }

    private static TrainingRecord Record(int step) =>
        new(step, 1 + 3 * Math.Exp(-step / 40.0), step % 50 == 0 ? 1.2 + 3 * Math.Exp(-step / 40.0) : null, 0, 0);

    private static string[] Draw(IEnumerable<double> losses, int columns = 24, int rows = 4) =>
        [.. new LossChart([.. losses.Select((loss, i) => new TrainingRecord(i + 1, loss, null, 0, 0))], columns, rows).Lines()];

    private static void Approve(string name, IEnumerable<string> lines) =>
        Approved.Matches($"tests/MicroGpt.Cli.Tests/Snapshots/chart-{name}", string.Join('\n', lines));
}
