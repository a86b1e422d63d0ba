namespace MicroGpt.Tokenizers;

/// <summary>How a <see cref="BpeTrainer"/> makes a vocabulary.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>The number of tokens to reach, special tokens and the 256 bytes included.</summary>
    public int VocabularySize { get; init; } = 32768;

    /// <summary>How often two neighbours must occur to become a token.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Cuts the text into pieces; no token reaches over their borders.</summary>
    public Splitter Splitter { get; init; } = Splitter.Gpt4;

    /// <summary>The names of the special tokens, in the order of their ids.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>
    /// Whether the special tokens have the last ids, as nanochat has them; otherwise they have the first, as Hugging Face's trainer
    /// gives them.
    /// </summary>
    public bool SpecialTokensLast { get; init; }

    /// <summary>The special token before and behind documents, or null for none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The special token that ends documents or answers, or null for none.</summary>
    public string? EosToken { get; init; }

    /// <summary>
    /// Tokens of three bytes and more have fewer than this many: Hugging Face's <c>max_token_length</c>, with its meaning. Null for no
    /// limit.
    /// </summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>
    /// Pieces of more bytes than this are cut after every so many, so that a text without spaces costs no more than another one.
    /// Null for no limit, as Hugging Face's trainer has none.
    /// </summary>
    public int? MaxPieceLength { get; init; }

    /// <summary>How many threads count the pieces, or null for one a core. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks that the options can be followed.</summary>
    /// <exception cref="ArgumentException">They can't; the message says why.</exception>
    public BpeTrainerOptions Validate()
    {
        ArgumentNullException.ThrowIfNull(Splitter);
        TrainerChecks.CheckSpecialTokens(SpecialTokens, BosToken, EosToken);
        if (VocabularySize < BpeTrainer.Bytes + SpecialTokens.Count)
            throw new ArgumentException(
                $"A vocabulary of {VocabularySize} tokens is too small: {BpeTrainer.Bytes} bytes and {SpecialTokens.Count} special tokens take {BpeTrainer.Bytes + SpecialTokens.Count}.");
        TrainerChecks.CheckSizes(VocabularySize, MinFrequency, Threads);
        if (MaxTokenLength < 2)
            throw new ArgumentException("The longest token must be allowed at least 2 bytes.");
        if (MaxPieceLength < 2)
            throw new ArgumentException("The longest piece must be allowed at least 2 bytes.");
        return this;
    }
}
