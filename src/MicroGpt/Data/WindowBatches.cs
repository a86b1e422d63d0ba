using MicroGpt.Numerics;

namespace MicroGpt.Data;

/// <summary>Windows that start anywhere in the tokens, drawn at random: how nanoGPT trains.</summary>
public sealed class WindowBatches : IBatchSource
{
    private const int MostDraws = 100_000; // until nothing is taken to be there

    private readonly TokenStore _tokens;
    private readonly int _rows;
    private readonly int _context;
    private readonly MersenneTwister _random;
    private readonly Rank _rank;
    private readonly RowBuffer _row;
    private long _position;

    /// <summary>Windows of a text, or of documents one behind another.</summary>
    /// <param name="tokens">More tokens than <paramref name="context"/>.</param>
    /// <param name="rows">Windows a batch, B.</param>
    /// <param name="context">Positions a window, T.</param>
    /// <param name="random">Draws the starts.</param>
    /// <param name="rank">Which of several processes this is; all draw with the same seed.</param>
    /// <exception cref="ArgumentException">There are too few tokens.</exception>
    public WindowBatches(TokenStore tokens, int rows, int context, MersenneTwister random, Rank? rank = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.TokenCount <= context)
            throw new ArgumentException($"There are {tokens.TokenCount} tokens, too few for windows of {context}.");
        (_tokens, _rows, _context, _random, _rank) = (tokens, rows, context, random, rank ?? Rank.Single);
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
        for (var i = 0L; i < _rank.AllRows(_rows); i++)
        {
            var start = NextStart();
            if (_rank.Owns(i, _rows, out var row))
                _row.Clear().Add(start, _context + 1).CopyTo(batch, row);
        }

        _position++;
    }

    /// <summary>All windows from front to back, at most <paramref name="most"/> batches spread evenly over them.</summary>
    public static IEnumerable<Batch> InOrder(TokenStore tokens, int rows, int context, int most)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var windows = (tokens.TokenCount - 1) / context;
        var batches = (windows + rows - 1) / rows;
        var taken = Math.Min(batches, most);
        var buffer = new RowBuffer(tokens, context + 1);
        for (var i = 0L; i < taken; i++)
        {
            var first = (long)((Int128)i * batches / taken) * rows;
            var batch = new Batch();
            batch.Resize((int)Math.Min(rows, windows - first), context);
            for (var row = 0; row < batch.Rows; row++)
                buffer.Clear().Add((first + row) * context, context + 1).CopyTo(batch, row);
            yield return batch;
        }
    }

    /// <summary>A window with something to learn in it: where only some tokens are to be learned, there are others.</summary>
    private long NextStart()
    {
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var start = _random.NextInt64(_tokens.TokenCount - _context);
            if (!_tokens.HasMask || _row.Clear().Add(start, _context + 1).HasTarget)
                return start;
        }

        throw new InvalidDataException($"In {MostDraws:N0} windows of {_context} tokens there was nothing to learn.");
    }
}
