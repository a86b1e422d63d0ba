using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class CrossEntropyTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.CrossEntropy(x[0], tape.Integers([4, -1, 0, 2, -7, 2], new Shape(2, 3))), new Shape(2, 3, 5));

    [Fact]
    public void Equal_scores_lose_the_logarithm_of_their_number() =>
        Assert.Equal(Math.Log(8), Tape.CrossEntropy(Number(3, 8), Integer(3)).Item, 1e-6);

    [Theory]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void A_target_that_is_not_a_column_is_refused(int target)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(
            () => Tape.CrossEntropy(Number(2, 5), Tape.Integers([0, target], new Shape(2))));
        Assert.Equal(target, exception.ActualValue);
        Assert.Contains("less than 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_one_integer_target_a_row()
    {
        Refused(() => Tape.CrossEntropy(Number(2, 5), Integer(3)));
        Refused(() => Tape.CrossEntropy(Number(2, 5), Number(2)));
        Refused(() => Tape.CrossEntropy(Double(2, 5), Integer(2)));
        Refused(() => Tape.CrossEntropy(Integer(2, 5), Integer(2)));
        Refused(() => Tape.CrossEntropy(Number(2, 0), Integer(0)));
    }
}
