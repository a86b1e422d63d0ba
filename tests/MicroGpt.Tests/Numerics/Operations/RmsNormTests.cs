using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class RmsNormTests : OperationTests
{
    private static readonly Shape s_rows = new(2, 3, 5);
    private static readonly Shape s_row = new(5);

    [Fact]
    public void Its_gradients_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.RmsNorm(x[0]), s_rows);
        GradientAssert.MatchesDifferences((tape, x) => tape.RmsNorm(x[0], x[1], 0.1), s_rows, s_row);
        GradientAssert.MatchesDifferences((tape, x) => tape.RmsNorm(x[0], x[1], 0.1, size: 3), new Shape(2, 2, 6), new Shape(3));
    }

    [Fact]
    public void One_tensor_in_both_places_has_the_sum_of_two_gradients() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.RmsNorm(x[0], x[0]), s_row);

    [Fact]
    public void Shapes_must_fit()
    {
        Refused(() => Tape.RmsNorm(Number(2, 5), Number(4)));
        Refused(() => Tape.RmsNorm(Number(2, 5), Number(1, 5)));
        Assert.Contains("Parts of 4 do not divide rows of 6", Refused(() => Tape.RmsNorm(Number(2, 6), size: 4)), StringComparison.Ordinal);
        Refused(() => Tape.RmsNorm(Number(2, 6), size: 0));
        Refused(() => Tape.RmsNorm(Number(2, 6), Number(6), size: 3));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.RmsNorm(Double(2, 5)));
        Refused(() => Tape.RmsNorm(Integer(2, 5)));
        Refused(() => Tape.RmsNorm(Number(2, 5), Double(5)));
    }
}
