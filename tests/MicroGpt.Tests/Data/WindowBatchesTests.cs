using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

public sealed class WindowBatchesTests
{
    private static readonly int[] s_tokens = [.. Enumerable.Range(100, 30)];

    [Fact]
    public void Every_row_is_a_window_and_its_targets_are_one_further()
    {
        var batches = new WindowBatches(new MemoryTokens([s_tokens]), 4, 8, new MersenneTwister(1));
        var batch = new Batch();
        for (var i = 0; i < 20; i++)
        {
            batches.FillNext(batch);
            Assert.Equal(new Shape(4, 8), batch.Shape);
            for (var j = 0; j < batch.Inputs.Length; j++)
                Assert.Equal(batch.Inputs[j] + 1, batch.Targets[j]);
        }

        Assert.Equal(20, batches.State.Position);
    }

    [Fact]
    public void Every_start_is_drawn_the_first_and_the_last_too()
    {
        var batches = new WindowBatches(new MemoryTokens([s_tokens]), 50, 8, new MersenneTwister(1));
        var batch = new Batch();
        var starts = new SortedSet<int>();
        for (var i = 0; i < 20; i++)
        {
            batches.FillNext(batch);
            for (var row = 0; row < 50; row++)
                starts.Add(batch.Inputs[row * 8]);
        }

        Assert.Equal(Enumerable.Range(100, 22), starts); // the last window ends with the last token as its target
    }

    [Fact]
    public void A_text_of_one_token_more_than_the_context_has_one_window()
    {
        var batch = new Batch();
        new WindowBatches(new MemoryTokens([s_tokens[..9]]), 2, 8, new MersenneTwister(1)).FillNext(batch);
        Assert.Equal(s_tokens[..8], batch.Inputs[..8].ToArray());
        Assert.Equal(s_tokens[1..9], batch.Targets[8..].ToArray());
    }

    [Fact]
    public void In_order_the_windows_cover_the_text_once()
    {
        var inputs = WindowBatches.InOrder(new MemoryTokens([s_tokens]), 2, 8, 100).SelectMany(batch => batch.Inputs.ToArray());
        Assert.Equal(s_tokens[..24], inputs); // three whole windows; the second batch has but one row
    }

    [Fact]
    public void In_order_fewer_batches_are_spread_over_the_text()
    {
        int[] tokens = [.. Enumerable.Range(0, 101)]; // 10 windows of 10
        var starts = WindowBatches.InOrder(new MemoryTokens([tokens]), 1, 10, 4).Select(batch => batch.Inputs[0]);
        Assert.Equal([0, 20, 50, 70], starts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    public void In_order_a_text_too_short_gives_none(int length) =>
        Assert.Empty(WindowBatches.InOrder(new MemoryTokens([s_tokens[..length]]), 2, 8, 100));
}
