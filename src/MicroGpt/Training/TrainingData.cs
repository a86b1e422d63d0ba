using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>What a run learns from: a text in memory, or prepared data on disk.</summary>
/// <param name="Name">The path as a person gave it, or the name of embedded data.</param>
/// <param name="Kind">Whether it is read as one text or as documents.</param>
/// <param name="BatchKind">How batches are made of prepared data; null for a text in memory.</param>
/// <param name="Fingerprint">By which a resumed run knows that it still has the same data.</param>
/// <param name="Tokenizer">What made, or makes, its tokens; for one endless text it names no token that begins or ends documents.</param>
/// <param name="ChatTemplate">The Jinja template for conversations that came with the tokenizer, or null for none.</param>
/// <param name="Tokenize">Its tokens; what is shuffled in memory is shuffled with the random generator.</param>
internal sealed record TrainingData(
    string Name, CorpusKind Kind, BatchKind? BatchKind, string Fingerprint, ITokenizer Tokenizer, string? ChatTemplate,
    Func<TrainerOptions, MersenneTwister, TokenizedCorpus> Tokenize)
{
    /// <summary>Where it is, from wherever the program is started again.</summary>
    public string Place => BatchKind is null && Corpus.IsEmbedded(Name) ? Name : Path.GetFullPath(Name);

    /// <summary>A text in memory, in the characters that it has where no tokenizer is given.</summary>
    public static TrainingData From(Corpus corpus, ITokenizer? tokenizer, string? chatTemplate)
    {
        tokenizer ??= CharTokenizer.Train(corpus.Documents, bos: corpus.Kind == CorpusKind.Lines);
        if (corpus.Kind == CorpusKind.Text)
            tokenizer = EndlessText.TokenizerOf(tokenizer);
        return new TrainingData(
            corpus.Name, corpus.Kind, null, corpus.Fingerprint(), tokenizer, chatTemplate,
            (options, random) => TokenizedCorpus.Create(corpus, tokenizer, options.ValidationFraction, random));
    }

    /// <summary>Prepared data, of which nothing is loaded.</summary>
    /// <remarks>A window hardly ever begins with the only document's start, so that one document is an endless text too.</remarks>
    public static TrainingData From(PreparedCorpus corpus, BatchKind kind)
    {
        var isEndless = kind == Data.BatchKind.Windows && corpus.Description.Train.Documents == 1;
        return new TrainingData(
            corpus.Folder, kind == Data.BatchKind.Windows ? CorpusKind.Text : CorpusKind.Lines, kind, corpus.Fingerprint,
            isEndless ? EndlessText.TokenizerOf(corpus.Tokenizer) : corpus.Tokenizer, corpus.ChatTemplate, (options, _) => corpus.Tokens(kind, options.Seed));
    }

    /// <summary>What a saved run has learned from.</summary>
    /// <param name="state">The run's state.</param>
    /// <param name="saved">The run's model.</param>
    /// <param name="data">Where the data is now, or null for where it was.</param>
    public static TrainingData Of(TrainingState state, LoadedModel saved, string? data) => state.BatchKind is { } kind
        ? From(PreparedCorpus.Open(data ?? state.Data), kind)
        : From(Corpus.Load(data ?? state.Data, state.DataKind), saved.Tokenizer, saved.ChatTemplate);
}
