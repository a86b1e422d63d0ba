namespace MicroGpt.Data;

/// <summary>
/// As many streams as a batch has rows, which start evenly spread over the tokens: every batch goes on where the one before it ended,
/// so that a recurrent model can carry its state from one to the next. A stream that comes to the end goes on from the beginning,
/// at another place than it did before.
/// </summary>
public sealed class StreamBatches : IBatchSource
{
    private readonly TokenStore _tokens;
    private readonly int _rows;
    private readonly int _context;
    private readonly Rank _rank;
    private readonly RowBuffer _row;
    private long _position;

    /// <summary>Streams of a text, or of documents one behind another.</summary>
    /// <param name="tokens">More tokens than <paramref name="context"/>, all of them to be learned.</param>
    /// <param name="rows">Streams, B.</param>
    /// <param name="context">Positions a batch, T.</param>
    /// <param name="rank">Which of several processes this is.</param>
    /// <exception cref="ArgumentException">There are too few tokens, or some are not to be learned.</exception>
    public StreamBatches(TokenStore tokens, int rows, int context, Rank? rank = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.TokenCount <= context)
            throw new ArgumentException($"There are {tokens.TokenCount} tokens, too few for windows of {context}.");
        if (tokens.HasMask)
            throw new ArgumentException("Streams are of texts, all of which is to be learned.", nameof(tokens));
        (_tokens, _rows, _context, _rank) = (tokens, rows, context, rank ?? Rank.Single);
        _row = new RowBuffer(tokens, context + 1);
    }

    /// <inheritdoc/>
    public BatchState State
    {
        get => new() { Position = _position };
        set => _position = value.Validate().Position;
    }

    /// <inheritdoc/>
    public void FillNext(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Resize(_rows, _context);
        var (streams, starts) = (_rank.AllRows(_rows), _tokens.TokenCount - _context);
        for (var i = 0L; i < streams; i++)
            if (_rank.Owns(i, _rows, out var row))
                _row.Clear().Add((long)((i * (Int128)_tokens.TokenCount / streams + (Int128)_position * _context) % starts), _context + 1).CopyTo(batch, row);
        _position++;
    }

    /// <summary>The streams from their beginning to where the next one began, at most <paramref name="most"/> batches.</summary>
    public static IEnumerable<Batch> InOrder(TokenStore tokens, int rows, int context, int most)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var streams = (int)Math.Min(rows, (tokens.TokenCount - 1) / context);
        if (streams < 1)
            yield break;
        var length = (tokens.TokenCount - 1) / streams;
        var buffer = new RowBuffer(tokens, context + 1);
        for (var position = 0L; position < Math.Min(length / context, most); position++)
        {
            var batch = new Batch();
            batch.Resize(streams, context);
            for (var row = 0; row < streams; row++)
                buffer.Clear().Add(row * length + position * context, context + 1).CopyTo(batch, row);
            yield return batch;
        }
    }
}
