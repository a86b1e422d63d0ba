namespace MicroGpt.Data;

/// <summary>A row in the making: tokens from one or several places, and which of them are to be learned.</summary>
/// <param name="store">Where they come from.</param>
/// <param name="capacity">One more than the row's positions, T + 1.</param>
internal sealed class RowBuffer(TokenStore store, int capacity)
{
    private readonly int[] _tokens = new int[capacity];
    private readonly bool[] _learned = new bool[capacity];

    /// <summary>The most tokens.</summary>
    public int Capacity => capacity;

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that still fit.</summary>
    public int Room => capacity - Count;

    /// <summary>Whether one of the tokens has one before it from which to predict it, and is to be learned.</summary>
    public bool HasTarget => Count > 1 && _learned.AsSpan(1, Count - 1).Contains(true);

    /// <summary>Begins anew.</summary>
    public RowBuffer Clear()
    {
        Count = 0;
        return this;
    }

    /// <summary>Adds consecutive tokens.</summary>
    public RowBuffer Add(long start, int count)
    {
        store.Read(start, _tokens.AsSpan(Count, count));
        store.ReadMask(start, _learned.AsSpan(Count, count));
        Count += count;
        return this;
    }

    /// <summary>Adds a token that is to be learned, if there is one and it fits.</summary>
    public RowBuffer Add(int? token)
    {
        if (token is not { } id || Room == 0)
            return this;
        _tokens[Count] = id;
        _learned[Count++] = true;
        return this;
    }

    /// <summary>Fills a row of a batch.</summary>
    public void CopyTo(Batch batch, int row) => batch.SetRow(row, _tokens.AsSpan(0, Count), _learned.AsSpan(0, Count));
}
