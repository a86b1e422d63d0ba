namespace MicroGpt.Data;

/// <summary>
/// Rows that begin with a document's start and are packed with whole documents: of those that wait, the largest that still fits
/// (best fit, as in nanochat). When none fits, the shortest is cropped to what is left, so that there is no padding. Where
/// only some tokens are to be learned, as in conversations, nothing is cropped in the middle of a row: the rest is padding.
/// </summary>
/// <remarks>
/// A document longer than a row is cut to one when it is drawn: waiting for a row that it fits into, it would for ever take a
/// place from those that can. One that then has nothing to learn is left out, so no batch is without anything to learn.
/// </remarks>
public sealed class PackedBatches : IBatchSource
{
    /// <summary>How many documents wait at most, if nothing else is said.</summary>
    public const int DefaultWaiting = 1000;

    private readonly TokenStore _tokens;
    private readonly int _rows;
    private readonly int _context;
    private readonly Rank _rank;
    private readonly int _mostWaiting;
    private readonly RowBuffer _row;
    private readonly DocumentDraw _draw;
    // Sorted by length; of the same length, those drawn last come first.
    private readonly List<(int Length, long N)> _waiting = [];
    private long _position;

    /// <summary>Rows of packed documents.</summary>
    /// <param name="tokens">Documents that begin with the token for a start.</param>
    /// <param name="rows">Rows a batch, B.</param>
    /// <param name="context">Positions a row, T.</param>
    /// <param name="order">How the documents come, or null for as they lie.</param>
    /// <param name="rank">Which of several processes this is.</param>
    /// <param name="waiting">How many documents wait at most.</param>
    public PackedBatches(
        TokenStore tokens, int rows, int context, DocumentOrder? order = null, Rank? rank = null, int waiting = DefaultWaiting)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(waiting, 1);
        (_tokens, _rows, _context, _rank, _mostWaiting) =
            (tokens, rows, context, rank ?? Rank.Single, (int)Math.Min(waiting, Math.Max(1, tokens.DocumentCount)));
        _row = new RowBuffer(tokens, context + 1);
        _draw = new DocumentDraw(tokens, order ?? DocumentOrder.InOrder(tokens.DocumentCount), _row, endId: null);
    }

    /// <summary>Tokens given out so far, to all ranks, without padding.</summary>
    public long PackedTokens { get; private set; }

    /// <summary>Tokens cropped so far: no row had a place for them.</summary>
    public long CroppedTokens { get; private set; }

    /// <summary>Documents of which tokens were cropped so far.</summary>
    public long CroppedDocuments { get; private set; }

    /// <summary>Documents left out so far, since there was nothing to learn in them.</summary>
    public long SkippedDocuments => _draw.Skipped;

    /// <inheritdoc/>
    public BatchState State
    {
        get => new() { Position = _position, Drawn = _draw.Drawn, Waiting = [.. _waiting.Select(document => document.N).Order()] };
        set
        {
            (_position, _draw.Drawn) = (value.Validate().Position, value.Drawn);
            if (value.Waiting.Count > _mostWaiting)
                throw new ArgumentException($"{value.Waiting.Count} documents wait, and {_mostWaiting} are the most that can.");
            _waiting.Clear();
            foreach (var n in value.Waiting)
                Insert(n);
        }
    }

    /// <inheritdoc/>
    public void FillNext(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Resize(_rows, _context);
        for (var i = 0L; i < _rank.AllRows(_rows); i++)
        {
            // Lengths decide, so the rows of others are packed without reading them.
            var packed = PackRow(() => _draw.Next());
            if (_rank.Owns(i, _rows, out var row))
                Fill(batch, row, packed);
        }

        _position++;
    }

    /// <summary>
    /// Rows of all documents, each once, the same every time, in at most <paramref name="most"/> batches; the last row is padded.
    /// </summary>
    public static IEnumerable<Batch> InOrder(TokenStore tokens, int rows, int context, int most)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.DocumentCount == 0)
            yield break;
        var source = new PackedBatches(tokens, rows, context);
        var packed = new List<List<(long, int)>>();
        for (var batches = 0; batches < most; batches++)
        {
            packed.Clear();
            while (packed.Count < rows && source.PackRow(source._draw.NextOfRound) is { Count: > 0 } row)
                packed.Add(row);
            if (packed.Count == 0)
                yield break;
            var batch = new Batch();
            batch.Resize(packed.Count, context);
            for (var row = 0; row < packed.Count; row++)
                source.Fill(batch, row, packed[row]);
            yield return batch;
        }
    }

    private void Fill(Batch batch, int row, List<(long N, int Count)> packed)
    {
        _row.Clear();
        foreach (var (n, count) in packed)
            _draw.Add(n, count);
        _row.CopyTo(batch, row);
    }

    /// <summary>Takes documents for a row from those that wait.</summary>
    /// <param name="draw">Gives more that wait, as long as there are.</param>
    private List<(long N, int Count)> PackRow(Func<long?> draw)
    {
        var packed = new List<(long, int)>();
        var room = _context + 1;
        while (room > 0)
        {
            while (_waiting.Count < _mostWaiting && draw() is { } drawn)
            {
                Crop(_draw.Beyond(drawn));
                Insert(drawn);
            }

            var fits = LargestThatFits(room);
            if (_waiting.Count == 0 || (fits < 0 && _tokens.HasMask))
                break;
            var at = fits >= 0 ? fits : FirstOfShortest();
            var (length, n) = _waiting[at];
            _waiting.RemoveAt(at);
            var count = Math.Min(length, room);
            packed.Add((n, count));
            Crop(length - count);
            PackedTokens += count;
            room -= count;
        }

        return packed;
    }

    private void Crop(long tokens)
    {
        CroppedTokens += tokens;
        CroppedDocuments += tokens > 0 ? 1 : 0;
    }

    private void Insert(long n)
    {
        var entry = (_draw.LengthOf(n), n);
        var at = _waiting.BinarySearch(entry, s_byLength);
        _waiting.Insert(at < 0 ? ~at : at, entry);
    }

    /// <summary>Of the largest that fit, the one that has waited longest; -1 where none fits.</summary>
    private int LargestThatFits(int room)
    {
        var at = _waiting.BinarySearch((room, -1), s_byLength); // behind all of that length
        return (at < 0 ? ~at : at) - 1;
    }

    /// <summary>Of the shortest, the one that has waited longest.</summary>
    private int FirstOfShortest() => LargestThatFits(_waiting[0].Length);

    private static readonly Comparer<(int Length, long N)> s_byLength = Comparer<(int Length, long N)>.Create(
        (a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : b.N.CompareTo(a.N));
}
