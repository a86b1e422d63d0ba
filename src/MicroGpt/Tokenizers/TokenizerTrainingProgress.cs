namespace MicroGpt.Tokenizers;

/// <summary>How far the training of a tokenizer has come.</summary>
/// <param name="Tokens">Tokens that there are, or 0 while the text is read.</param>
/// <param name="Bytes">Bytes of text that are read.</param>
public readonly record struct TokenizerTrainingProgress(int Tokens, long Bytes);
