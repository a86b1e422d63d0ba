namespace MicroGpt.Tokenizers;

/// <summary>Encodes text without added tokens; holds what one thread needs for it, and what it remembers.</summary>
/// <param name="splitter">Cuts the text into pieces.</param>
/// <param name="merges">The merges.</param>
/// <param name="byteIds">The id of each single byte, or −1.</param>
/// <param name="wholePieces">The tokens that a piece becomes as a whole before any merging, or null for none.</param>
internal sealed class BpeEncoder(
    Splitter splitter,
    MergeTable merges,
    int[] byteIds,
    Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>>? wholePieces)
{
    private readonly PieceCache _cache = new();
    private int[] _ids = new int[256];

    /// <summary>Appends the ids of a text.</summary>
    /// <exception cref="ArgumentException">A byte of the text has no token.</exception>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        for (int start = 0, end; start < utf8.Length; start = end)
        {
            end = splitter.Next(utf8, start);
            var length = end - start;
            if (length > PieceCache.MostBytes)
            {
                ids.AddRange(Merge(utf8[start..end]));
                continue;
            }

            var key = PieceCache.Key(utf8, start, length);
            ref readonly var entry = ref _cache[key];
            if (entry.Holds(key, length))
            {
                entry.AppendTo(ids);
                continue;
            }

            var merged = Merge(utf8[start..end]);
            ids.AddRange(merged);
            if (merged.Length <= PieceCache.MostIds)
                _cache.Add(key, length, merged);
        }
    }

    private ReadOnlySpan<int> Merge(ReadOnlySpan<byte> piece)
    {
        if (_ids.Length < piece.Length)
            _ids = new int[Math.Max(piece.Length, Math.Min(2 * _ids.Length, Array.MaxLength))];
        if (wholePieces is { } tokens && tokens.TryGetValue(piece, out _ids[0]))
            return _ids.AsSpan(0, 1);
        for (var i = 0; i < piece.Length; i++)
        {
            _ids[i] = byteIds[piece[i]];
            if (_ids[i] < 0)
                throw new ArgumentException(
                    $"The vocabulary has no token for the byte 0x{piece[i]:X2}, which is in the text \"{Wtf8.Decode(piece[..Math.Min(piece.Length, 40)])}\".");
        }

        return _ids.AsSpan(0, PieceMerger.Merge(_ids.AsSpan(0, piece.Length), merges));
    }
}
