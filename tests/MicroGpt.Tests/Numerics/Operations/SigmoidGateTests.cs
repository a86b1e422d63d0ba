using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class SigmoidGateTests : OperationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Its_gradients_are_the_differences(int heads) =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SigmoidGate(x[0], x[1], 3), new Shape(2, 3, 6), new Shape(2, 3, heads));

    [Fact]
    public void One_tensor_in_both_places_has_the_sum_of_two_gradients() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SigmoidGate(x[0], x[0]), new Shape(2, 5));

    [Fact]
    public void Gates_at_zero_are_half_open()
    {
        var x = GradientAssert.Parameter(Device, new Shape(2, 4), new MersenneTwister(1));
        var y = Tape.SigmoidGate(x, Number(2, 2), 2);
        Assert.Equal(x.AsSpan<float>().ToArray(), y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Shapes_must_fit()
    {
        Assert.Contains("4 gates with a factor of 1 do not divide rows of 6", Refused(() => Tape.SigmoidGate(Number(2, 6), Number(2, 4))), StringComparison.Ordinal);
        Refused(() => Tape.SigmoidGate(Number(2, 6), Number(3, 2)));
        Refused(() => Tape.SigmoidGate(Number(2, 6), Number(2, 0)));
        Refused(() => Tape.SigmoidGate(Number(2, 6), Number(2, 3, 2)));
        Refused(() => Tape.SigmoidGate(Number(2, 6), Number(2, 3), double.NaN));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.SigmoidGate(Double(3, 2), Number(3, 1)));
        Refused(() => Tape.SigmoidGate(Number(3, 2), Double(3, 1)));
        Refused(() => Tape.SigmoidGate(Integer(3, 2), Integer(3, 1)));
    }
}
