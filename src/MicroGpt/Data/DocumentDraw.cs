namespace MicroGpt.Data;

/// <summary>Draws documents one after another, round and round, but for those in which a row would find nothing to learn.</summary>
/// <param name="tokens">The documents.</param>
/// <param name="order">How they come.</param>
/// <param name="row">Tells whether there is anything to learn, and makes rows.</param>
/// <param name="endId">What is learned behind a document's last token, if anything.</param>
internal sealed class DocumentDraw(TokenStore tokens, DocumentOrder order, RowBuffer row, int? endId)
{
    /// <summary>How many have been drawn, those without anything to learn too.</summary>
    public long Drawn { get; set; }

    /// <summary>How many of them had nothing to learn.</summary>
    public long Skipped { get; private set; }

    /// <summary>Draws until there is something to learn.</summary>
    /// <returns>As which this document was drawn.</returns>
    public long Next()
    {
        for (var tries = 0L; tries < order.Count; tries++)
            if (TryNext(out var n))
                return n;
        throw new InvalidDataException(
            $"None of the {order.Count:N0} documents has anything to learn among its first {row.Capacity} tokens; a longer context may help.");
    }

    /// <summary>The same within the first round; null behind its end.</summary>
    public long? NextOfRound()
    {
        while (Drawn < order.Count)
            if (TryNext(out var n))
                return n;
        return null;
    }

    /// <summary>The tokens that the n-th document gives a row of its own.</summary>
    public int LengthOf(long n) => (int)Math.Min(tokens.LengthOf(order[n]) + (endId is null ? 0 : 1), row.Capacity);

    /// <summary>The tokens of the n-th document that a row has no place for.</summary>
    public long Beyond(long n) => tokens.LengthOf(order[n]) + (endId is null ? 0 : 1) - LengthOf(n);

    /// <summary>Adds the n-th document, or its beginning, to the row.</summary>
    public RowBuffer Add(long n, int count)
    {
        var document = order[n];
        var length = tokens.LengthOf(document);
        row.Add(tokens.StartOf(document), (int)Math.Min(count, length));
        return count > length ? row.Add(endId) : row;
    }

    private bool TryNext(out long n)
    {
        n = Drawn++;
        if (HasTarget(order[n]))
            return true;
        Skipped++;
        return false;
    }

    private bool HasTarget(long document)
    {
        var length = tokens.LengthOf(document);
        if (!tokens.HasMask)
            return length + (endId is null ? 0 : 1) > 1;
        row.Clear().Add(tokens.StartOf(document), (int)Math.Min(length, row.Capacity)).Add(endId);
        return row.HasTarget;
    }
}
