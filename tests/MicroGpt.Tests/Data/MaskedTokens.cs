using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

/// <summary>Documents in memory of which only some tokens are to be learned.</summary>
internal sealed class MaskedTokens(IReadOnlyList<(int[] Tokens, bool[] Learned)> documents) : TokenStore
{
    private readonly MemoryTokens _tokens = new([.. documents.Select(document => document.Tokens)]);
    private readonly bool[] _learned = [.. documents.SelectMany(document => document.Learned)];

    public override long TokenCount => _tokens.TokenCount;

    public override long DocumentCount => _tokens.DocumentCount;

    public override long LongestDocument => _tokens.LongestDocument;

    public override bool HasMask => true;

    public override long StartOf(long document) => _tokens.StartOf(document);

    public override void Read(long start, Span<int> tokens) => _tokens.Read(start, tokens);

    public override void ReadMask(long start, Span<bool> learned) => _learned.AsSpan((int)start, learned.Length).CopyTo(learned);
}
