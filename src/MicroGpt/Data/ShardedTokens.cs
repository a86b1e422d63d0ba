namespace MicroGpt.Data;

/// <summary>Shards one behind another, as one store: windows go across their ends.</summary>
public sealed class ShardedTokens : TokenStore, IDisposable
{
    private readonly TokenShard[] _shards;
    private readonly long[] _tokens;    // before every shard, and in all
    private readonly long[] _documents; // likewise

    private ShardedTokens(TokenShard[] shards)
    {
        _shards = shards;
        _tokens = new long[shards.Length + 1];
        _documents = new long[shards.Length + 1];
        for (var i = 0; i < shards.Length; i++)
        {
            _tokens[i + 1] = _tokens[i] + shards[i].TokenCount;
            _documents[i + 1] = _documents[i] + shards[i].DocumentCount;
        }

        LongestDocument = shards.Select(shard => shard.LongestDocument).DefaultIfEmpty().Max();
        HasMask = shards.Any(shard => shard.HasMask);
    }

    /// <summary>The shards, in order.</summary>
    public IReadOnlyList<TokenShard> Shards => _shards;

    /// <inheritdoc/>
    public override long TokenCount => _tokens[^1];

    /// <inheritdoc/>
    public override long DocumentCount => _documents[^1];

    /// <inheritdoc/>
    public override long LongestDocument { get; }

    /// <inheritdoc/>
    public override bool HasMask { get; }

    /// <summary>Opens shards.</summary>
    /// <exception cref="IOException">One can't be read.</exception>
    /// <exception cref="InvalidDataException">One is damaged.</exception>
    public static ShardedTokens Open(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var shards = new List<TokenShard>();
        try
        {
            foreach (var path in paths)
                shards.Add(TokenShard.OpenOneOf(path, paths.Count));
            return new ShardedTokens([.. shards]);
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override long StartOf(long document)
    {
        if (document == DocumentCount)
            return TokenCount;
        var shard = Find(_documents, document);
        return _tokens[shard] + _shards[shard].StartOf(document - _documents[shard]);
    }

    /// <inheritdoc/>
    public override long LengthOf(long document)
    {
        var shard = Find(_documents, document);
        return _shards[shard].LengthOf(document - _documents[shard]);
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<int> tokens)
    {
        CheckRange(start, tokens.Length);
        while (!tokens.IsEmpty)
        {
            var (shard, at, count) = Part(start, tokens.Length);
            shard.Read(at, tokens[..count]);
            start += count;
            tokens = tokens[count..];
        }
    }

    /// <inheritdoc/>
    public override void ReadMask(long start, Span<bool> learned)
    {
        CheckRange(start, learned.Length);
        while (!learned.IsEmpty)
        {
            var (shard, at, count) = Part(start, learned.Length);
            shard.ReadMask(at, learned[..count]);
            start += count;
            learned = learned[count..];
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.Dispose();
    }

    /// <summary>The part of some tokens that lies in one shard.</summary>
    private (TokenShard Shard, long At, int Count) Part(long start, int count)
    {
        var shard = Find(_tokens, start);
        return (_shards[shard], start - _tokens[shard], (int)Math.Min(count, _tokens[shard + 1] - start));
    }

    /// <summary>The shard that something is in: the last that begins at or before it.</summary>
    private static int Find(long[] starts, long position)
    {
        if (position < 0 || position >= starts[^1])
            throw new ArgumentOutOfRangeException(nameof(position), position, $"There are {starts[^1]}.");
        var (low, high) = (0, starts.Length - 1); // starts[low] <= position < starts[high]
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (starts[middle] <= position)
                low = middle;
            else
                high = middle;
        }

        return low;
    }
}
