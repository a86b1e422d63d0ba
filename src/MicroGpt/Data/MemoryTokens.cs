namespace MicroGpt.Data;

/// <summary>Documents of tokens in memory.</summary>
public sealed class MemoryTokens : TokenStore
{
    private readonly int[] _tokens;
    private readonly long[] _starts; // of every document, and the end of the last

    /// <summary>Copies documents.</summary>
    public MemoryTokens(IReadOnlyList<int[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        _starts = new long[documents.Count + 1];
        for (var i = 0; i < documents.Count; i++)
        {
            _starts[i + 1] = _starts[i] + documents[i].Length;
            LongestDocument = Math.Max(LongestDocument, documents[i].Length);
        }

        _tokens = new int[_starts[^1]];
        for (var i = 0; i < documents.Count; i++)
            documents[i].CopyTo(_tokens, _starts[i]);
    }

    /// <inheritdoc/>
    public override long TokenCount => _tokens.Length;

    /// <inheritdoc/>
    public override long DocumentCount => _starts.Length - 1;

    /// <inheritdoc/>
    public override long LongestDocument { get; }

    /// <inheritdoc/>
    public override long StartOf(long document) => _starts[document];

    /// <inheritdoc/>
    public override void Read(long start, Span<int> tokens)
    {
        CheckRange(start, tokens.Length);
        _tokens.AsSpan((int)start, tokens.Length).CopyTo(tokens);
    }
}
