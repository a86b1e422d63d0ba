using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

public sealed class DocumentOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void Every_document_comes_once_a_round(long count)
    {
        var order = DocumentOrder.Shuffled(count, seed: 7);
        for (var round = 0L; round < 3; round++)
            Assert.Equal(Range(0, count), Range(round * count, count).Select(n => order[n]).Order());
    }

    [Fact]
    public void Rounds_and_seeds_have_orders_of_their_own_and_the_same_seed_the_same()
    {
        var (a, same, b) = (DocumentOrder.Shuffled(100, 1), DocumentOrder.Shuffled(100, 1), DocumentOrder.Shuffled(100, 2));
        var first = Range(0, 100).Select(n => a[n]).ToArray();
        Assert.Equal(first, Range(0, 100).Select(n => same[n]));
        Assert.NotEqual(first, Range(100, 100).Select(n => a[n]));
        Assert.NotEqual(first, Range(0, 100).Select(n => b[n]));
        Assert.NotEqual(Range(0, 100), first);
    }

    [Fact]
    public void It_is_shuffled_well()
    {
        // Each of 10 documents should be at each of 10 places in a tenth of the rounds: 81 degrees of freedom, so a
        // chi-square above 150 would be less likely than one in a million.
        const int Rounds = 5000;
        var order = DocumentOrder.Shuffled(10, 3);
        var counts = new double[10, 10];
        for (var n = 0L; n < 10 * Rounds; n++)
            counts[n % 10, order[n]]++;
        var chiSquare = counts.Cast<double>().Sum(count => Math.Pow(count - Rounds / 10.0, 2) / (Rounds / 10.0));
        Assert.InRange(chiSquare, 30, 150);
    }

    [Fact]
    public void In_order_is_in_order()
    {
        var order = DocumentOrder.InOrder(3);
        Assert.Equal([0, 1, 2, 0, 1], Range(0, 5).Select(n => order[n]));
    }

    [Fact]
    public void More_documents_than_an_int_counts_are_no_matter()
    {
        const long Count = 1L << 40;
        var order = DocumentOrder.Shuffled(Count, 1);
        var drawn = Range(Count - 5, 1000).Select(n => order[n]).ToArray();
        Assert.All(drawn, document => Assert.InRange(document, 0, Count - 1));
        Assert.InRange(drawn.Average(), 0.4 * Count, 0.6 * Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => order[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => DocumentOrder.Shuffled(0, 1));
    }

    private static IEnumerable<long> Range(long start, long count)
    {
        for (var i = 0L; i < count; i++)
            yield return start + i;
    }
}
