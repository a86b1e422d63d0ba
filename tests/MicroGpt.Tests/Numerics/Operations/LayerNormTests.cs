using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class LayerNormTests : OperationTests
{
    private static readonly Shape s_rows = new(2, 3, 5);
    private static readonly Shape s_row = new(5);

    [Fact]
    public void Its_gradients_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], null), s_rows);
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], x[1]), s_rows, s_row);
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], null, x[1]), s_rows, s_row);
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], x[1], x[2], 0.1), s_rows, s_row, s_row);
    }

    [Fact]
    public void One_tensor_in_all_three_places_has_the_sum_of_three_gradients() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], x[0], x[0]), s_row);

    [Theory]
    [InlineData(3)]
    [InlineData(70)] // more rows than fit one item of work, whose sums come together later
    public void One_tensor_as_weight_and_bias_has_the_sum_of_two_gradients(int rows) =>
        GradientAssert.MatchesDifferences((tape, x) => tape.LayerNorm(x[0], x[1], x[1]), new Shape(rows, 5), s_row);

    [Fact]
    public void Shapes_must_fit()
    {
        Refused(() => Tape.LayerNorm(Number(2, 5), Number(4)));
        Refused(() => Tape.LayerNorm(Number(2, 5), Number(1, 5)));
        Refused(() => Tape.LayerNorm(Number(2, 5), null, Number(6)));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.LayerNorm(Double(2, 5), null));
        Refused(() => Tape.LayerNorm(Integer(2, 5), null));
        Refused(() => Tape.LayerNorm(Number(2, 5), Double(5)));
        Refused(() => Tape.LayerNorm(Number(2, 5), null, Integer(5)));
    }
}
