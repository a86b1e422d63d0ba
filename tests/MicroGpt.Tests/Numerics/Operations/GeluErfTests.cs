using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class GeluErfTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.GeluErf(x[0]), new Shape(2, 3, 7));

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.GeluErf(Double(3)));
        Refused(() => Tape.GeluErf(Integer(3)));
    }
}
