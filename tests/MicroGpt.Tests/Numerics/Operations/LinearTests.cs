using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class LinearTests : OperationTests
{
    [Fact]
    public void Its_gradients_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Linear(x[0], x[1]), new Shape(2, 3, 5), new Shape(4, 5));
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Linear(x[0], x[1], x[2]), new Shape(2, 5), new Shape(7, 5), new Shape(7));
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Linear(x[0], x[1], x[2], x[3]), new Shape(2, 5), new Shape(7, 5), new Shape(7), new Shape(2, 7));
    }

    [Fact]
    public void A_residual_may_be_the_input_itself_and_an_activation_with_other_readers()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Linear(x[0], x[1], null, x[0]), new Shape(3, 5), new Shape(5, 5));
        GradientAssert.MatchesDifferences(
            (tape, x) =>
            {
                var r = tape.Relu(x[0]);
                return tape.Add(tape.Linear(tape.RmsNorm(r), x[1], null, r), tape.Add(r, r));
            },
            new Shape(3, 5), new Shape(5, 5));
    }

    [Fact]
    public void A_matrix_times_its_own_transpose_has_both_gradients() =>
        GradientAssert.MatchesDifferences((tape, x) => tape.Linear(x[0], x[0]), new Shape(5, 3));

    [Fact]
    public void A_sum_over_nothing_is_the_bias()
    {
        var bias = Number(3);
        bias.AsSpan<float>().Fill(2);
        foreach (var rows in new[] { 1, 7 })
        {
            var y = Tape.Linear(Number(rows, 0), Number(3, 0), bias);
            Assert.Equal(new Shape(rows, 3), y.Shape);
            Assert.Equal(Enumerable.Repeat(2f, rows * 3), y.AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void Shapes_must_fit()
    {
        var message = Refused(() => Apply(Number(2, 4), Number(5, 3)));
        Assert.Contains("rows of x have 4 elements; 3 are needed", message, StringComparison.Ordinal);
        message = Refused(() => Apply(Number(2, 3), Number(3)));
        Assert.Contains("weight has the shape (3); 2 dimensions", message, StringComparison.Ordinal);
        message = Refused(() => Apply(Number(2, 3), Number(5, 3), Number(3)));
        Assert.Contains("bias has the shape (3); (5) is needed", message, StringComparison.Ordinal);
        Refused(() => Apply(Number(2, 3), Number(5, 3), Number(5, 1)));
        message = Refused(() => Tape.Linear(Number(2, 3), Number(5, 3), null, Number(2, 3)));
        Assert.Contains("residual has the shape (2, 3); (2, 5) is needed", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Apply(Double(2, 3), Number(5, 3)));
        Refused(() => Apply(Number(2, 3), Double(5, 3)));
        Refused(() => Apply(Number(2, 3), Number(5, 3), Double(5)));
        Refused(() => Apply(Integer(2, 3), Number(5, 3)));
        Refused(() => Apply(Number(2, 3), Integer(5, 3)));
        Refused(() => Apply(Number(2, 3), Number(5, 3), Integer(5)));
    }

    private Tensor Apply(Tensor x, Tensor weight, Tensor? bias = null) => Tape.Linear(x, weight, bias);
}
