using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> does beside merging.</summary>
public sealed record BpeOptions
{
    /// <summary>Cuts the text into pieces; nothing is merged across their borders.</summary>
    public required Splitter Splitter { get; init; }

    /// <summary>Special and other added tokens; their ids are inside the vocabulary or follow it without a gap.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>The name of the added token that stands before and behind documents, or null for none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The name of the added token that ends documents or answers, or null for none.</summary>
    public string? EosToken { get; init; }

    /// <summary>Whether a piece that is a token as a whole becomes it, whatever merging would give.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Whether a text that does not begin with a space gets one; decoding does not take it away.</summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>The normal form into which a text is brought first, or null to keep it as it is.</summary>
    public NormalizationForm? Normalization { get; init; }
}
