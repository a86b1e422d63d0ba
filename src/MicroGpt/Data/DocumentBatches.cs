namespace MicroGpt.Data;

/// <summary>
/// A document a row, one after the other, round and round: how microgpt trains. A document is cut to the context; rows are as
/// long as the batch's longest document, and shorter ones are padded.
/// </summary>
/// <param name="documents">The documents' tokens, each between two special tokens.</param>
/// <param name="rows">Documents a batch, B.</param>
/// <param name="context">Positions a document at most, T.</param>
public sealed class DocumentBatches(IReadOnlyList<int[]> documents, int rows, int context) : IBatchSource
{
    /// <inheritdoc/>
    public long Position { get; set; }

    /// <inheritdoc/>
    public void FillNext(Batch batch)
    {
        Fill(batch, documents, Position * rows, rows, context);
        Position++;
    }

    /// <summary>The documents once, at most <paramref name="most"/> batches of them.</summary>
    public static IEnumerable<Batch> InOrder(IReadOnlyList<int[]> documents, int rows, int context, int most)
    {
        ArgumentNullException.ThrowIfNull(documents);
        for (var first = 0; first < documents.Count && first / rows < most; first += rows)
        {
            var batch = new Batch();
            Fill(batch, documents, first, Math.Min(rows, documents.Count - first), context);
            yield return batch;
        }
    }

    private static void Fill(Batch batch, IReadOnlyList<int[]> documents, long first, int rows, int context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var longest = 0;
        for (var row = 0; row < rows; row++)
            longest = Math.Max(longest, Document(row).Length - 1);

        batch.Resize(rows, longest);
        for (var row = 0; row < rows; row++)
            batch.SetRow(row, Document(row));

        ReadOnlySpan<int> Document(int row)
        {
            var document = documents[(int)((first + row) % documents.Count)];
            return document.AsSpan(0, Math.Min(context + 1, document.Length));
        }
    }
}
