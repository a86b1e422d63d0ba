namespace MicroGpt.Tokenizers;

/// <summary>What a <see cref="WordPieceTokenizer"/> does beside looking words up; as it stands, BERT's uncased models.</summary>
public sealed record WordPieceOptions
{
    /// <summary>The tokens that BERT's vocabularies have for no text.</summary>
    public static IReadOnlyList<string> BertSpecialTokens { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Whether letters become small ones.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Whether accents are dropped, or null to drop them with the capitals.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether control characters are dropped.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Whether each Chinese character is a word of its own.</summary>
    public bool SplitChineseCharacters { get; init; } = true;

    /// <summary>The token of words that the vocabulary can't express.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>What tokens begin with that continue a word.</summary>
    public string ContinuingPrefix { get; init; } = "##";

    /// <summary>Words of more characters are unknown.</summary>
    public int MaxWordLength { get; init; } = 100;

    /// <summary>Whether decoding leaves no space before full stops, commas, question and exclamation marks.</summary>
    public bool CleanUpSpaces { get; init; } = true;

    /// <summary>Special and other added tokens.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>The name of the added token that stands before documents, or null for none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The name of the added token that ends documents, or null for none.</summary>
    public string? EosToken { get; init; }
}
