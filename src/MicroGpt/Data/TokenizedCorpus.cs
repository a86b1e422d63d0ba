using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data;

/// <summary>A corpus in tokens, split into what a model learns from and what it is judged by.</summary>
public sealed class TokenizedCorpus
{
    private readonly int[][] _train;
    private readonly int[][] _validation;
    private readonly CorpusKind _kind;

    private TokenizedCorpus(CorpusKind kind, int[][] train, int[][] validation)
    {
        _kind = kind;
        _train = train;
        _validation = validation;
    }

    /// <summary>Tokens to learn from.</summary>
    public long TrainTokens => _train.Sum(document => (long)document.Length);

    /// <summary>Tokens to be judged by; 0 where nothing was held back.</summary>
    public long ValidationTokens => _validation.Sum(document => (long)document.Length);

    /// <summary>The most positions that a document takes, its start included, or that the text has.</summary>
    public int LongestDocument => _train.Concat(_validation).Max(document => document.Length - 1);

    /// <summary>
    /// Encodes and splits. Of one text, the end is held back; documents are shuffled first and stand between two special tokens.
    /// </summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">What encodes it.</param>
    /// <param name="validationFraction">The part to hold back, from 0 to 0.5.</param>
    /// <param name="random">Shuffles documents.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not from 0 to 0.5.</exception>
    /// <exception cref="ArgumentException">Documents need a tokenizer with a special token for their start.</exception>
    public static TokenizedCorpus Create(Corpus corpus, ITokenizer tokenizer, double validationFraction, MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(random);
        if (validationFraction is not (>= 0 and <= 0.5))
            throw new ArgumentOutOfRangeException(
                nameof(validationFraction), validationFraction, "The part of the data to validate on must be from 0 to 0.5.");

        if (corpus.Kind == CorpusKind.Text)
        {
            var tokens = tokenizer.Encode(corpus.Documents[0]);
            var kept = tokens.Length - (int)(tokens.Length * validationFraction);
            return new TokenizedCorpus(corpus.Kind, [tokens[..kept]], kept < tokens.Length ? [tokens[kept..]] : []);
        }

        var bos = tokenizer.BosId
            ?? throw new ArgumentException("Documents need a tokenizer with a special token for their start.", nameof(tokenizer));
        var documents = corpus.Documents.ToList();
        random.Shuffle(documents);
        var encoded = documents.Select(document => (int[])[bos, .. tokenizer.Encode(document), bos]).ToArray();
        var learned = encoded.Length - (int)(encoded.Length * validationFraction);
        return new TokenizedCorpus(corpus.Kind, encoded[..learned], encoded[learned..]);
    }

    /// <summary>Batches to learn from.</summary>
    /// <param name="rows">Sequences a batch, B.</param>
    /// <param name="context">Positions a sequence at most, T.</param>
    /// <param name="random">Draws windows of a text; documents come in order.</param>
    public IBatchSource Batches(int rows, int context, MersenneTwister random) =>
        _kind == CorpusKind.Text
            ? new WindowBatches(_train[0], rows, context, random)
            : new DocumentBatches(_train, rows, context);

    /// <summary>The same batches every time, to be judged by; none where nothing, or too little, was held back.</summary>
    /// <param name="rows">Sequences a batch, B.</param>
    /// <param name="context">Positions a sequence at most, T.</param>
    /// <param name="most">How many batches at most.</param>
    public IEnumerable<Batch> ValidationBatches(int rows, int context, int most) =>
        _validation.Length == 0 ? []
        : _kind == CorpusKind.Text ? WindowBatches.InOrder(_validation[0], rows, context, most)
        : DocumentBatches.InOrder(_validation, rows, context, most);
}
