using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class EmbeddingTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Embedding(x[0], tape.Integers([3, 0, 3, 1, 1, 3], new Shape(2, 3))), new Shape(5, 3));

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void An_id_that_is_not_a_row_is_refused(int id)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(
            () => Tape.Embedding(Number(5, 3), Tape.Integers([0, id], new Shape(1, 2))));
        Assert.Equal(id, exception.ActualValue);
        Assert.Contains("at least 0 and less than 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_is_a_matrix_and_the_ids_are_rows_of_integers()
    {
        Refused(() => Tape.Embedding(Number(5), Integer(1, 2)));
        Refused(() => Tape.Embedding(Number(5, 3, 2), Integer(1, 2)));
        Refused(() => Tape.Embedding(Number(5, 3), Integer(2)));
        Refused(() => Tape.Embedding(Number(5, 3), Number(1, 2)));
        Refused(() => Tape.Embedding(Double(5, 3), Integer(1, 2)));
        Refused(() => Tape.Embedding(Integer(5, 3), Integer(1, 2)));
    }
}
