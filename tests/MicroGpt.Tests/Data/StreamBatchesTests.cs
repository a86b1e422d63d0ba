using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

public sealed class StreamBatchesTests
{
    private static readonly int[] s_tokens = [.. Enumerable.Range(0, 101)];

    [Fact]
    public void Streams_start_spread_over_the_text_and_go_on_where_they_ended()
    {
        var batches = new StreamBatches(new MemoryTokens([s_tokens]), 4, 5);
        var batch = new Batch();
        for (var position = 0; position < 5; position++)
        {
            batches.FillNext(batch);
            Assert.Equal(new Shape(4, 5), batch.Shape);
            for (var row = 0; row < 4; row++)
            {
                Assert.Equal(Enumerable.Range(row * 101 / 4 + position * 5, 5), Row(batch.Inputs, row));
                Assert.Equal(Enumerable.Range(row * 101 / 4 + position * 5 + 1, 5), Row(batch.Targets, row));
            }
        }

        Assert.Equal(5, batches.State.Position);
    }

    [Fact]
    public void A_stream_that_comes_to_the_end_begins_again_at_other_places()
    {
        var batches = new StreamBatches(new MemoryTokens([s_tokens]), 1, 5);
        var batch = new Batch();
        var starts = new List<int>();
        for (var i = 0; i < 96; i++)
        {
            batches.FillNext(batch);
            starts.Add(batch.Inputs[0]);
            Assert.Equal(Enumerable.Range(starts[^1] + 1, 5), batch.Targets.ToArray());
        }

        Assert.Equal([0, 5, 10], starts[..3]);
        Assert.Equal([90, 95, 4], starts[18..21]); // 96 places a window can start at
        Assert.Equal(Enumerable.Range(0, 96), starts.Order());
    }

    [Fact]
    public void A_state_leads_to_the_same_batches_and_a_damaged_one_nowhere()
    {
        var (first, second) = (Create(), Create());
        var (expected, actual) = (new Batch(), new Batch());
        for (var i = 0; i < 7; i++)
            first.FillNext(expected);
        second.State = first.State;
        first.FillNext(expected);
        second.FillNext(actual);
        Assert.Equal(expected.Inputs, actual.Inputs);
        Assert.ThrowsAny<ArgumentException>(() => second.State = new BatchState { Position = -1 });
        second.State = new BatchState { Position = long.MaxValue };
        second.FillNext(actual);
        Assert.InRange(actual.Inputs[0], 0, 95);

        static StreamBatches Create() => new(new MemoryTokens([s_tokens]), 3, 5);
    }

    [Fact]
    public void In_order_every_stream_is_read_once_and_no_token_twice()
    {
        var batches = StreamBatches.InOrder(new MemoryTokens([s_tokens]), 3, 5, 100).ToArray();
        Assert.Equal(6, batches.Length); // of 33 tokens a stream
        Assert.All(batches, batch => Assert.Equal(new Shape(3, 5), batch.Shape));
        for (var row = 0; row < 3; row++)
            Assert.Equal(Enumerable.Range(33 * row, 30), batches.SelectMany(batch => Row(batch.Inputs, row)));
        Assert.Equal(2, StreamBatches.InOrder(new MemoryTokens([s_tokens]), 3, 5, 2).Count());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(11, 2)]
    public void In_order_a_short_text_has_fewer_streams(int length, int streams) =>
        Assert.Equal(streams, StreamBatches.InOrder(new MemoryTokens([s_tokens[..length]]), 3, 5, 100).Sum(batch => batch.Rows));

    [Fact]
    public void What_is_too_short_or_not_to_be_learned_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new StreamBatches(new MemoryTokens([s_tokens[..5]]), 1, 5));
        Assert.Throws<ArgumentException>(() => new StreamBatches(new MaskedTokens([(s_tokens, new bool[101])]), 1, 5));
    }

    private static int[] Row(ReadOnlySpan<int> numbers, int row) => numbers.Slice(5 * row, 5).ToArray();
}
