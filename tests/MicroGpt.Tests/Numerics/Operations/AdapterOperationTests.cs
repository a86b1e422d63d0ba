using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

/// <summary>What DoRA and dropout are made of.</summary>
public sealed class AdapterOperationTests : OperationTests
{
    private static readonly Shape s_shape = new(2, 3, 5);
    private static readonly Shape s_row = new(5);

    [Fact]
    public void Gradients_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Magnitudes(x[0], x[1], x[2], x[3], x[4], Norms(tape), 0.7), s_shape, s_shape, s_row, s_row, s_shape);
        GradientAssert.MatchesDifferences((tape, x) => tape.Magnitudes(x[0], x[1], x[2], null, null, Norms(tape), 0.7), s_shape, s_shape, s_row);
        GradientAssert.MatchesDifferences((tape, x) =>
        {
            tape.DropoutSeed = 5;
            return tape.Dropout(x[0], 0.4, place: 2);
        }, s_shape);
    }

    [Fact]
    public void One_tensor_in_several_places_has_the_sum_of_its_gradients()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Magnitudes(x[0], x[0], x[1], x[1], x[0], Norms(tape), 0.7), s_shape, s_row);
        GradientAssert.MatchesDifferences((tape, x) => tape.Magnitudes(x[0], x[1], x[0], null, null, Norms(tape), 0.7), s_row, s_row);
    }

    [Fact]
    public void Activations_whose_gradient_is_written_over_the_results_have_the_right_one()
    {
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Magnitudes(tape.Gelu(x[0]), tape.Gelu(x[1]), x[2], null, tape.Gelu(x[3]), Norms(tape), 0.7), s_shape, s_shape, s_row, s_shape);
        GradientAssert.MatchesDifferences((tape, x) =>
        {
            tape.DropoutSeed = 5;
            return tape.Dropout(tape.Gelu(x[0]), 0.4, place: 2);
        }, s_shape);
    }

    [Fact]
    public void Without_a_seed_or_a_probability_nothing_is_dropped()
    {
        var x = Number(3);
        Assert.Same(x, Tape.Dropout(x, 0.5, place: 0));
        Refused(() => Tape.Dropout(x, 1, place: 0));
        Refused(() => Tape.Dropout(x, double.NaN, place: 0));
        Refused(() => Tape.Dropout(Double(3), 0.5, place: 0));
    }

    [Fact]
    public void Shapes_must_fit()
    {
        Refused(() => Tape.Magnitudes(Number(2, 3), Number(3, 2), Number(3), null, null, Number(3), 1));
        Refused(() => Tape.Magnitudes(Number(2, 3), Number(2, 3), Number(2), null, null, Number(3), 1));
        Refused(() => Tape.Magnitudes(Number(2, 3), Number(2, 3), Number(3), Number(2), null, Number(3), 1));
        Refused(() => Tape.Magnitudes(Number(2, 3), Number(2, 3), Number(3), null, Number(3), Number(3), 1));
        Refused(() => Tape.Magnitudes(Number(2, 3), Number(2, 3), Number(3), null, null, Double(3), 1));
        Refused(() => Tape.RowNorms(Number(2, 3), Number(1, 2), Number(2, 1), 1));
        Refused(() => Tape.RowNorms(Number(2, 3), Number(1, 3), Number(3, 1), 1));
        Refused(() => Tape.RowNorms(Number(2, 3), Number(1, 3), Number(2, 1), 1, into: Number(3)));
    }

    private static Tensor Norms(Tape tape)
    {
        var norms = Tensor.Zeros(tape.Device, "", s_row);
        for (var j = 0; j < 5; j++)
            norms[j] = 0.5 + j;
        return norms;
    }
}
