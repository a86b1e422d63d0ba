using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class ColumnsTests : OperationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Its_gradient_is_the_difference(int count)
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Columns(x[0], count), new Shape(2, 3, 7));
        GradientAssert.MatchesDifferences( // its gradient comes second
            (tape, x) => tape.Linear(tape.Columns(x[0], count), x[1], residual: tape.Gelu(x[0])), new Shape(2, 3, 7), new Shape(7, count));
    }

    [Fact]
    public void There_must_be_so_many_columns()
    {
        Assert.Contains("Rows of 7 have no first 8 columns", Refused(() => Tape.Columns(Number(2, 7), 8)), StringComparison.Ordinal);
        Refused(() => Tape.Columns(Number(2, 7), 0));
        Refused(() => Tape.Columns(Number(2, 7), -1));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.Columns(Double(3), 1));
        Refused(() => Tape.Columns(Integer(3), 1));
    }
}
