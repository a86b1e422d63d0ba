using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class SwiGluTests : OperationTests
{
    [Fact]
    public void Its_gradients_are_the_differences() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SwiGlu(x[0], x[1]), new Shape(2, 3, 7), new Shape(2, 3, 7));

    [Fact]
    public void One_tensor_in_both_places_has_the_sum_of_two_gradients() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.SwiGlu(x[0], x[0]), new Shape(2, 21));

    [Fact]
    public void Activations_whose_gradient_is_written_over_the_results_have_the_right_one()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.SwiGlu(tape.Relu(x[0]), tape.Relu(x[1])), new Shape(3, 7), new Shape(3, 7));
        GradientAssert.MatchesDifferences((tape, x) => Twice(tape, tape.Relu(x[0])), new Shape(3, 7));

        static Tensor Twice(Tape tape, Tensor x) => tape.SwiGlu(x, x);
    }

    [Fact]
    public void Shapes_must_be_the_same()
    {
        var message = Refused(() => Tape.SwiGlu(Number(2, 3), Number(3, 2)));
        Assert.Contains("up has the shape (3, 2); (2, 3) is needed", message, StringComparison.Ordinal);
        Refused(() => Tape.SwiGlu(Number(6), Number(6, 1)));
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Tape.SwiGlu(Double(3), Number(3)));
        Refused(() => Tape.SwiGlu(Number(3), Double(3)));
        Refused(() => Tape.SwiGlu(Integer(3), Integer(3)));
    }
}
