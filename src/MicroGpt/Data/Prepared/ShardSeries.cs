namespace MicroGpt.Data.Prepared;

/// <summary>Writes one part of a corpus: shard after shard, each of whole documents.</summary>
/// <param name="folder">Where they go.</param>
/// <param name="name">What their names begin with.</param>
/// <param name="shardTokens">The tokens of a shard at most, but for a single longer document.</param>
/// <param name="vocabularySize">Ids are from 0 to this less one.</param>
/// <param name="hasMask">Whether they say of every token whether it is to be learned.</param>
internal sealed class ShardSeries(string folder, string name, long shardTokens, int vocabularySize, bool hasMask) : IDisposable
{
    private readonly List<PreparedShard> _shards = [];
    private readonly LengthHistogram _lengths = new();
    private ShardWriter? _writer;
    private (long Documents, long Tokens, long Bytes) _all;

    /// <summary>Adds a document of some bytes of text.</summary>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<bool> learned, long bytes)
    {
        if (_writer is not null && _writer.TokenCount + tokens.Length > shardTokens)
            CompleteShard();
        _writer ??= new ShardWriter(Path.Combine(folder, NextName), vocabularySize, hasMask);
        _writer.Add(tokens, learned);
        _lengths.Add(tokens.Length);
        _all = (_all.Documents + 1, _all.Tokens + tokens.Length, _all.Bytes + bytes);
    }

    /// <summary>Completes the last shard.</summary>
    public PreparedPart Complete()
    {
        CompleteShard();
        return new PreparedPart
        {
            Documents = _all.Documents,
            Tokens = _all.Tokens,
            Bytes = _all.Bytes,
            Lengths = _lengths.Counts,
            Shards = _shards,
        };
    }

    public void Dispose() => _writer?.Dispose();

    private string NextName => FormattableString.Invariant($"{name}-{_shards.Count:D5}.bin");

    private void CompleteShard()
    {
        if (_writer is null)
            return;
        _shards.Add(new PreparedShard(NextName, _writer.DocumentCount, _writer.TokenCount, _writer.Complete()));
        _writer.Dispose();
        _writer = null;
    }
}
