namespace MicroGpt.Tokenizers;

/// <summary>
/// Tokenizers for one endless text, in which no document begins or ends. A model that learns from such a text never meets the tokens
/// for that, so its tokenizer must not name them: generation would begin with one that means nothing to the model.
/// </summary>
internal static class EndlessText
{
    /// <summary>The same tokenizer, with <see cref="ITokenizer.BosId"/> and <see cref="ITokenizer.EosId"/> null.</summary>
    public static ITokenizer TokenizerOf(ITokenizer tokenizer) => tokenizer switch
    {
        { BosId: null, EosId: null } => tokenizer,
        BpeTokenizer bpe => bpe.WithoutDocuments(),
        WordPieceTokenizer words => new WordPieceTokenizer(words.Vocabulary, words.Options with { BosToken = null, EosToken = null }),
        CharTokenizer characters => new CharTokenizer([.. characters.Characters.Select(character => char.ConvertToUtf32(character, 0))], bos: false),
        _ => tokenizer,
    };
}
