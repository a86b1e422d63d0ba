using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class AddTests : OperationTests
{
    [Fact]
    public void Its_gradients_are_the_differences() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.Add(x[0], x[1]), new Shape(2, 3, 5), new Shape(2, 3, 5));

    [Fact]
    public void Shapes_must_be_the_same()
    {
        var message = Refused(() => Tape.Add(Number(2, 3), Number(3, 2)));
        Assert.Contains("b has the shape (3, 2); (2, 3) is needed", message, StringComparison.Ordinal);
        Refused(() => Tape.Add(Number(6), Number(2, 3)));
        Refused(() => Tape.Add(Number(6), Number(6, 1)));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Assert.Contains("Float64; Float32 is needed", Refused(() => Tape.Add(Double(3), Number(3))), StringComparison.Ordinal);
        Refused(() => Tape.Add(Number(3), Double(3)));
        Refused(() => Tape.Add(Integer(3), Number(3)));
        Refused(() => Tape.Add(Number(3), Integer(3)));
    }
}
