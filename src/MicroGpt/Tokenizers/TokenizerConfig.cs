namespace MicroGpt.Tokenizers;

/// <summary>What <c>tokenizer_config.json</c> says about a tokenizer.</summary>
public sealed record TokenizerConfig
{
    /// <summary>Whether it says which token stands before documents, be it that none does; BERT's files say nothing.</summary>
    public bool NamesBos { get; init; }

    /// <summary>The name of the token before documents.</summary>
    public string? BosToken { get; init; }

    /// <summary>The name of the token behind documents or answers.</summary>
    public string? EosToken { get; init; }

    /// <summary>The name of the token that fills short rows.</summary>
    public string? PadToken { get; init; }

    /// <summary>The name of the token for what the vocabulary can't express.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>The Jinja template that turns a conversation into text.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The added tokens, which <c>tokenizer.json</c> lists too, but files without it do not.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];
}
