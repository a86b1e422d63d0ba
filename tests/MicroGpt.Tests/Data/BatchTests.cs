using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

public sealed class BatchTests
{
    [Fact]
    public void Memory_is_used_again_and_the_spans_are_as_long_as_the_batch()
    {
        var batch = new Batch();
        batch.Resize(3, 5);
        Assert.Equal(15, batch.Inputs.Length);
        batch.Resize(2, 2);
        Assert.Equal(4, batch.Inputs.Length);
        Assert.Equal(4, batch.Targets.Length);
    }

    [Theory]
    [InlineData(1_000_000_000, 16)]
    [InlineData(65536, 65536)]
    public void More_tokens_than_can_be_counted_are_refused(int rows, int columns) =>
        Assert.Throws<ArgumentException>(() => new Batch().Resize(rows, columns));
}
