using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class TokenLossTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.TokenLoss(x[0], tape.Integers([4, -1, 0, 2, -7, 2], new Shape(2, 3))), new Shape(2, 3, 5));

    [Fact]
    public void Its_mean_over_the_rows_that_count_is_the_cross_entropy()
    {
        var logits = Number(2, 3, 5);
        var targets = Tape.Integers([4, -1, 0, 2, -7, 2], new Shape(2, 3));
        var losses = Tape.TokenLoss(logits, targets).AsSpan<float>().ToArray();
        Assert.Equal(Tape.CrossEntropy(logits, targets).Item, losses.Sum() / 4, 1e-6);
        Assert.Equal((0, 0), (losses[1], losses[4]));
    }

    [Fact]
    public void There_is_one_integer_target_a_row()
    {
        Refused(() => Tape.TokenLoss(Number(2, 5), Integer(3)));
        Refused(() => Tape.TokenLoss(Number(2, 5), Number(2)));
        Refused(() => Tape.TokenLoss(Double(2, 5), Integer(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tape.TokenLoss(Number(2, 5), Tape.Integers([0, 5], new Shape(2))));
    }
}
