using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

public sealed class DocumentBatchesTests
{
    private static readonly MemoryTokens s_documents = new([[9, 1, 9], [9, 2, 3, 4, 9], [9, 5, 6, 9]]);

    [Fact]
    public void Documents_come_in_order_round_and_round_padded_to_the_longest()
    {
        var batches = new DocumentBatches(s_documents, 2, 8);
        var batch = new Batch();
        batches.FillNext(batch);
        Assert.Equal(new Shape(2, 4), batch.Shape);
        Assert.Equal([9, 1, 0, 0, 9, 2, 3, 4], batch.Inputs.ToArray());
        Assert.Equal([1, 9, Tape.IgnoredTarget, Tape.IgnoredTarget, 2, 3, 4, 9], batch.Targets.ToArray());

        batches.FillNext(batch);
        Assert.Equal([9, 5, 6, 9, 1, 0], batch.Inputs.ToArray());
        Assert.Equal(2, batches.State.Position);
    }

    [Fact]
    public void A_document_longer_than_the_context_is_cut()
    {
        var batch = new Batch();
        new DocumentBatches(s_documents, 3, 2).FillNext(batch);
        Assert.Equal([9, 1, 9, 2, 9, 5], batch.Inputs.ToArray());
        Assert.Equal([1, 9, 2, 3, 5, 6], batch.Targets.ToArray());
    }

    [Fact]
    public void More_rows_than_documents_repeat_them()
    {
        var batch = new Batch();
        new DocumentBatches(s_documents, 7, 8).FillNext(batch);
        Assert.Equal(batch.Inputs[..4].ToArray(), batch.Inputs.Slice(3 * 4, 4).ToArray());
    }

    [Fact]
    public void A_position_is_continued_from()
    {
        var (all, some) = (new DocumentBatches(s_documents, 2, 8), new DocumentBatches(s_documents, 2, 8) { State = new BatchState { Position = 4, Drawn = 8 } });
        var (expected, actual) = (new Batch(), new Batch());
        for (var i = 0; i < 5; i++)
            all.FillNext(expected);
        some.FillNext(actual);
        Assert.Equal(expected.Inputs.ToArray(), actual.Inputs.ToArray());
        Assert.Equal(all.State, some.State);
    }

    [Fact]
    public void A_position_far_beyond_what_an_int_holds_works_too() =>
        new DocumentBatches(s_documents, 1000, 8) { State = new BatchState { Position = 1L << 40, Drawn = 1L << 50 } }.FillNext(new Batch());

    [Fact]
    public void In_order_every_document_comes_once()
    {
        var batches = DocumentBatches.InOrder(s_documents, 2, 8, 100).ToArray();
        Assert.Equal([new Shape(2, 4), new Shape(1, 3)], batches.Select(batch => batch.Shape));
        Assert.Equal([9, 5, 6], batches[1].Inputs.ToArray());
        Assert.Single(DocumentBatches.InOrder(s_documents, 2, 8, 1));
    }
}
