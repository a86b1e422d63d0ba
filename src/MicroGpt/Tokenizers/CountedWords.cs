namespace MicroGpt.Tokenizers;

/// <summary>The different words of a text as tokens, one behind another, and how often each occurs.</summary>
/// <param name="Symbols">Their tokens.</param>
/// <param name="Starts">Where each word begins, and at last where the last ends.</param>
/// <param name="Counts">How often each occurs, more than 0.</param>
internal sealed record CountedWords(int[] Symbols, int[] Starts, long[] Counts)
{
    /// <summary>Pieces, a token a byte; those of one byte have no pair and are left out.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="ids">The token of each byte.</param>
    public static CountedWords FromPieces(PieceCounts pieces, ReadOnlySpan<int> ids)
    {
        var kept = Enumerable.Range(0, pieces.Count).Where(i => pieces.Occurrences(i) > 0 && pieces.Piece(i).Length > 1).ToArray();
        var starts = new int[kept.Length + 1];
        for (var word = 0; word < kept.Length; word++)
            starts[word + 1] = starts[word] + pieces.Piece(kept[word]).Length; // in all no more than a byte array holds
        var symbols = new int[starts[^1]];
        var counts = new long[kept.Length];
        for (var word = 0; word < kept.Length; word++)
        {
            counts[word] = pieces.Occurrences(kept[word]);
            var at = starts[word];
            foreach (var value in pieces.Piece(kept[word]))
                symbols[at++] = ids[value];
        }

        return new CountedWords(symbols, starts, counts);
    }
}
