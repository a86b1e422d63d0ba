namespace MicroGpt.Tests.Numerics.Operations;

public sealed class ReluSquaredTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.ReluSquared(x[0]), new MicroGpt.Numerics.Shape(2, 3, 7));

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.ReluSquared(Double(3)));
        Refused(() => Tape.ReluSquared(Integer(3)));
    }
}
