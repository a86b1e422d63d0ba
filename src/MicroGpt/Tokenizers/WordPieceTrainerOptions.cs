namespace MicroGpt.Tokenizers;

/// <summary>How a <see cref="WordPieceTrainer"/> makes a vocabulary; as it stands, like Hugging Face's <c>BertWordPieceTokenizer</c>.</summary>
public sealed record WordPieceTrainerOptions
{
    /// <summary>The number of tokens to reach, special tokens and characters included.</summary>
    public int VocabularySize { get; init; } = 30000;

    /// <summary>How often two neighbours must occur to become a token.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>Only so many characters get into the vocabulary, the most frequent; null for all.</summary>
    public int? LimitAlphabet { get; init; } = 1000;

    /// <summary>What the tokenizer does to texts; its added tokens are not used.</summary>
    public WordPieceOptions Tokenizer { get; init; } = new() { BosToken = "[CLS]", EosToken = "[SEP]" };

    /// <summary>The names of the special tokens, in the order of their ids, from 0 on.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = WordPieceOptions.BertSpecialTokens;

    /// <summary>How many threads count the words, or null for one a core. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks that the options can be followed.</summary>
    /// <exception cref="ArgumentException">They can't; the message says why.</exception>
    public WordPieceTrainerOptions Validate()
    {
        ArgumentNullException.ThrowIfNull(Tokenizer);
        TrainerChecks.CheckSpecialTokens(SpecialTokens, Tokenizer.BosToken, Tokenizer.EosToken);
        TrainerChecks.CheckSizes(VocabularySize, MinFrequency, Threads);
        if (!SpecialTokens.Contains(Tokenizer.UnknownToken))
            throw new ArgumentException($"WordPiece needs the special token {Tokenizer.UnknownToken} for words that it can't express.");
        if (VocabularySize <= SpecialTokens.Count)
            throw new ArgumentException($"A vocabulary of {VocabularySize} tokens has no place for more than special tokens.");
        if (LimitAlphabet < 1)
            throw new ArgumentException("The alphabet must have at least one character.");
        return this;
    }
}
