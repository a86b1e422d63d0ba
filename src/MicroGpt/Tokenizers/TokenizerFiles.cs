namespace MicroGpt.Tokenizers;

/// <summary>Tokenizers in files: read in the formats that others write, written in Hugging Face's.</summary>
public static class TokenizerFiles
{
    /// <summary>
    /// Reads a tokenizer: a folder with <c>tokenizer.json</c> (and <c>tokenizer_config.json</c>), or with GPT-2's <c>vocab.json</c> and
    /// <c>merges.txt</c>, or with BERT's <c>vocab.txt</c>; or one of these files, or a <c>.tiktoken</c> file of a known name.
    /// </summary>
    /// <exception cref="IOException">There is no tokenizer, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or holds a tokenizer that can't be followed exactly; the message says why.</exception>
    public static ITokenizer Load(string path) => throw new NotImplementedException();

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, making the folder where there is none.</summary>
    /// <param name="tokenizer">A tokenizer of this library.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="chatTemplate">The Jinja template for conversations to note in tokenizer_config.json, or null for none.</param>
    /// <exception cref="IOException">They could not be written.</exception>
    public static void Save(ITokenizer tokenizer, string folder, string? chatTemplate = null) => throw new NotImplementedException();

    /// <summary>The names and the chat template in <c>tokenizer_config.json</c> (and <c>chat_template.jinja</c>) beside a tokenizer.</summary>
    /// <param name="path">What <see cref="Load"/> takes.</param>
    /// <returns>All null where there is no such file.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static TokenizerConfig LoadConfig(string path) => throw new NotImplementedException();
}
