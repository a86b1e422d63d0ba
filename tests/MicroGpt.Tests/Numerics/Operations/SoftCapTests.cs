using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class SoftCapTests : OperationTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(0.5)]
    public void Its_gradient_is_the_difference(double cap) =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SoftCap(x[0], cap), new Shape(2, 3, 7));

    [Fact]
    public void An_activation_whose_gradient_is_written_over_the_results_has_the_right_one() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SoftCap(tape.SoftCap(tape.Relu(x[0]), 2), 1), new Shape(3, 7));

    [Fact]
    public void A_cap_is_a_positive_number()
    {
        foreach (var cap in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Refused(() => Tape.SoftCap(Number(3), cap));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.SoftCap(Double(3), 1));
        Refused(() => Tape.SoftCap(Integer(3), 1));
    }
}
