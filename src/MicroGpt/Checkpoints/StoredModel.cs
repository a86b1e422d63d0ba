using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A model in files, opened but not read: its configuration, its weights under the names and in the shapes of <see cref="Gpt.Parameters"/>,
/// and its tokenizer. From here it is loaded into memory or goes to files of another format, piece by piece.
/// </summary>
/// <param name="Config">What kind of GPT it is.</param>
/// <param name="Weights">Exactly the parameters of such a GPT.</param>
/// <param name="Tokenizer">Its tokenizer, or null where there is none with it.</param>
public sealed record StoredModel(GptConfig Config, ITensorSource Weights, ITokenizer? Tokenizer) : IDisposable
{
    /// <summary>The Jinja template for conversations, or null for none.</summary>
    public string? ChatTemplate { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
