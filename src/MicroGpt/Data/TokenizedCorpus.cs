using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data;

/// <summary>A corpus in tokens, in memory or on disk, split into what a model learns from and what it is judged by.</summary>
public sealed class TokenizedCorpus
{
    private readonly int? _endId;
    private readonly ulong? _shuffleSeed;

    /// <summary>A corpus of tokens that are somewhere.</summary>
    /// <param name="kind">How batches are made of it.</param>
    /// <param name="train">Tokens to learn from.</param>
    /// <param name="validation">Tokens to be judged by; there may be none.</param>
    /// <param name="endId">What a document a row has behind its last token, or null where the documents hold it.</param>
    /// <param name="shuffleSeed">Shuffles the documents, every round anew; null for as they lie. Windows are drawn, not shuffled.</param>
    internal TokenizedCorpus(BatchKind kind, TokenStore train, TokenStore validation, int? endId = null, ulong? shuffleSeed = null)
    {
        (Kind, Train, Validation, _endId, _shuffleSeed) = (kind, train, validation, endId, shuffleSeed);
    }

    /// <summary>How batches are made of it.</summary>
    public BatchKind Kind { get; }

    /// <summary>What a model learns from.</summary>
    public TokenStore Train { get; }

    /// <summary>What it is judged by; without tokens where nothing was held back.</summary>
    public TokenStore Validation { get; }

    /// <summary>Tokens to learn from.</summary>
    public long TrainTokens => Train.TokenCount;

    /// <summary>Tokens to be judged by; 0 where nothing was held back.</summary>
    public long ValidationTokens => Validation.TokenCount;

    /// <summary>
    /// The longest context that can be filled: by the longest document, its start included, or by a window. Packed rows are
    /// filled in any case.
    /// </summary>
    public int LongestContext => (int)Math.Min(int.MaxValue, Kind switch
    {
        BatchKind.Windows => TrainTokens - 1,
        BatchKind.Documents => Math.Max(Train.LongestDocument, Validation.LongestDocument) + (_endId is null ? 0 : 1) - 1,
        _ => int.MaxValue,
    });

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
            return new TokenizedCorpus(BatchKind.Windows, new MemoryTokens([tokens[..kept]]), new MemoryTokens([tokens[kept..]]));
        }

        var bos = tokenizer.BosId
            ?? throw new ArgumentException("Documents need a tokenizer with a special token for their start.", nameof(tokenizer));
        var documents = corpus.Documents.ToList();
        random.Shuffle(documents);
        var encoded = documents.Select(document => (int[])[bos, .. tokenizer.Encode(document), bos]).ToArray();
        var learned = encoded.Length - (int)(encoded.Length * validationFraction);
        return new TokenizedCorpus(BatchKind.Documents, new MemoryTokens(encoded[..learned]), new MemoryTokens(encoded[learned..]));
    }

    /// <summary>Batches to learn from.</summary>
    /// <param name="rows">Sequences a batch, B.</param>
    /// <param name="context">Positions a sequence at most, T.</param>
    /// <param name="random">Draws windows; documents come in order.</param>
    /// <param name="rank">Which of several processes this is.</param>
    /// <param name="inStreams">Whether windows go on where those of the batch before ended, if all of the tokens are to be learned.</param>
    public IBatchSource Batches(int rows, int context, MersenneTwister random, Rank? rank = null, bool inStreams = false) => Kind switch
    {
        BatchKind.Windows when inStreams && !Train.HasMask => new StreamBatches(Train, rows, context, rank),
        BatchKind.Windows => new WindowBatches(Train, rows, context, random, rank),
        BatchKind.Packed => new PackedBatches(Train, rows, context, Order, rank),
        _ => new DocumentBatches(Train, rows, context, Order, _endId, rank),
    };

    /// <summary>The same batches every time, to be judged by; none where nothing, or too little, was held back.</summary>
    /// <param name="rows">Sequences a batch, B.</param>
    /// <param name="context">Positions a sequence at most, T.</param>
    /// <param name="most">How many batches at most.</param>
    /// <param name="inStreams">As for <see cref="Batches"/>.</param>
    public IEnumerable<Batch> ValidationBatches(int rows, int context, int most, bool inStreams = false) => Kind switch
    {
        BatchKind.Windows when inStreams && !Validation.HasMask => StreamBatches.InOrder(Validation, rows, context, most),
        BatchKind.Windows => WindowBatches.InOrder(Validation, rows, context, most),
        BatchKind.Packed => PackedBatches.InOrder(Validation, rows, context, most),
        _ => DocumentBatches.InOrder(Validation, rows, context, most, _endId),
    };

    private DocumentOrder? Order => _shuffleSeed is { } seed ? DocumentOrder.Shuffled(Train.DocumentCount, seed) : null;
}
