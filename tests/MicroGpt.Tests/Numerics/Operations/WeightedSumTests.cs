using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class WeightedSumTests : OperationTests
{
    private static readonly Shape s_shape = new(2, 3, 5);

    [Fact]
    public void Its_gradients_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.WeightedSum(x[0], new(2), x[1], new(-0.5)), s_shape, s_shape);
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.WeightedSum(x[0], new(1, x[2], 1), x[1], new(-0.5, x[3])), s_shape, s_shape, new Shape(3), new Shape(1));
    }

    [Fact]
    public void One_tensor_in_several_places_has_the_sum_of_its_gradients()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.WeightedSum(x[0], new(2), x[0], new(3)), s_shape);
        GradientAssert.MatchesDifferences((tape, x) => tape.WeightedSum(x[0], new(1, x[1], 2), x[0], new(3, x[1], 2)), s_shape, new Shape(3));
        GradientAssert.MatchesDifferences((tape, x) => tape.WeightedSum(x[0], new(1, x[0], 2), x[0], new(3, x[0], 4)), new Shape(2, 5));
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.WeightedSum(tape.WeightedSum(x[0], new(1, x[1], 0), x[0], new(1)), new(1, x[1], 1), x[0], new(1, x[1], 2)),
            s_shape, new Shape(3));
    }

    [Fact]
    public void Activations_whose_gradient_is_written_over_the_results_have_the_right_one() =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.WeightedSum(tape.Relu(x[0]), new(2, x[2]), tape.Gelu(x[1]), new(3, x[2])), s_shape, s_shape, new Shape(1));

    [Fact]
    public void Coefficients_must_be_there()
    {
        Refused(() => Tape.WeightedSum(Number(2), new(double.NaN), Number(2), new(1)));
        Refused(() => Tape.WeightedSum(Number(2), new(1), Number(2), new(1, Number(3), 3)));
        Refused(() => Tape.WeightedSum(Number(2), new(1, Number(3), -1), Number(2), new(1)));
        Refused(() => Tape.WeightedSum(Number(2), new(1, Double(3), 1), Number(2), new(1)));
        Refused(() => Tape.WeightedSum(Number(2), new(1), Number(2), new(1, Integer(3), 1)));
    }

    [Fact]
    public void Shapes_and_types_must_be_the_same()
    {
        Refused(() => Tape.WeightedSum(Number(2, 3), new(1), Number(3, 2), new(1)));
        Refused(() => Tape.WeightedSum(Double(2), new(1), Number(2), new(1)));
        Refused(() => Tape.WeightedSum(Number(2), new(1), Integer(2), new(1)));
    }
}
