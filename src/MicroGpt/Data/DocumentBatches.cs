namespace MicroGpt.Data;

/// <summary>
/// A document a row, one after the other, round and round: how microgpt trains. A document is cut to the context; rows are as
/// long as the batch's longest document, and shorter ones are padded. Documents in which there is nothing to learn are left out.
/// </summary>
public sealed class DocumentBatches : IBatchSource
{
    private readonly int _rows;
    private readonly Rank _rank;
    private readonly RowBuffer _row;
    private readonly DocumentDraw _draw;
    private readonly long[] _mine; // which documents, in the order drawn, the batch's rows hold
    private long _position;

    /// <summary>Rows of documents.</summary>
    /// <param name="tokens">The documents.</param>
    /// <param name="rows">Documents a batch, B.</param>
    /// <param name="context">Positions a document at most, T.</param>
    /// <param name="order">How the documents come, or null for as they lie.</param>
    /// <param name="endId">The token that is learned behind a document's last, or null where the documents hold their own.</param>
    /// <param name="rank">Which of several processes this is.</param>
    public DocumentBatches(TokenStore tokens, int rows, int context, DocumentOrder? order = null, int? endId = null, Rank? rank = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        (_rows, _rank, _mine) = (rows, rank ?? Rank.Single, new long[rows]);
        _row = new RowBuffer(tokens, context + 1);
        _draw = new DocumentDraw(tokens, order ?? DocumentOrder.InOrder(tokens.DocumentCount), _row, endId);
    }

    /// <inheritdoc/>
    public BatchState State
    {
        get => new() { Position = _position, Drawn = _draw.Drawn };
        set => (_position, _draw.Drawn) = (value.Validate().Position, value.Drawn);
    }

    /// <summary>Documents left out so far, since there was nothing to learn in them.</summary>
    public long SkippedDocuments => _draw.Skipped;

    /// <inheritdoc/>
    public void FillNext(Batch batch)
    {
        for (var i = 0L; i < _rank.AllRows(_rows); i++)
        {
            var n = _draw.Next();
            if (_rank.Owns(i, _rows, out var row))
                _mine[row] = n;
        }

        Fill(batch, _mine);
        _position++;
    }

    /// <summary>The documents once, at most <paramref name="most"/> batches of them.</summary>
    public static IEnumerable<Batch> InOrder(TokenStore tokens, int rows, int context, int most, int? endId = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.DocumentCount == 0)
            yield break;
        var source = new DocumentBatches(tokens, rows, context, endId: endId);
        var found = new List<long>(rows);
        for (var batches = 0; batches < most; batches++)
        {
            found.Clear();
            while (found.Count < rows && source._draw.NextOfRound() is { } n)
                found.Add(n);
            if (found.Count == 0)
                yield break;
            var batch = new Batch();
            source.Fill(batch, [.. found]);
            yield return batch;
        }
    }

    private void Fill(Batch batch, ReadOnlySpan<long> documents)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var longest = 0;
        foreach (var n in documents)
            longest = Math.Max(longest, _draw.LengthOf(n) - 1);

        batch.Resize(documents.Length, longest);
        for (var row = 0; row < documents.Length; row++)
        {
            _row.Clear();
            _draw.Add(documents[row], _draw.LengthOf(documents[row])).CopyTo(batch, row);
        }
    }
}
