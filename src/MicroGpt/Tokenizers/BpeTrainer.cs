using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Learns a byte-level BPE vocabulary from texts. For the same documents and settings the merges are those of Hugging Face
/// tokenizers' <c>BpeTrainer</c> (with all 256 bytes as its initial alphabet), whatever the number of threads, with one exception: no
/// merge spells the name of a special token, so that text never becomes one.
/// </summary>
/// <param name="options">How.</param>
public sealed class BpeTrainer(BpeTrainerOptions options)
{
    /// <summary>The number of tokens that every vocabulary begins with, apart from special ones.</summary>
    internal const int Bytes = 256;

    /// <summary>How.</summary>
    public BpeTrainerOptions Options { get; } = (options ?? throw new ArgumentNullException(nameof(options))).Validate();

    /// <summary>Learns a vocabulary; where the texts don't give that many tokens, it is smaller.</summary>
    /// <param name="documents">Texts in UTF-8; a byte that is not UTF-8 is kept. They are read once, by one thread at a time.</param>
    /// <param name="progress">Is told how far it has come, from several threads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="InsufficientMemoryException">The different pieces of the texts take more than 2 GiB.</exception>
    public BpeTokenizer Train(
        IEnumerable<ReadOnlyMemory<byte>> documents, IProgress<TokenizerTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var read = 0L;
        var counts = new PieceCounter(Options.Splitter, Options.MaxPieceLength ?? int.MaxValue).Count(
            documents, Options.Threads ?? Environment.ProcessorCount, bytes => progress?.Report(new(0, read = bytes)), cancellation);
        var first = Options.SpecialTokensLast ? 0 : Options.SpecialTokens.Count; // the id of the first byte
        return Learn(counts, first, tokens => progress?.Report(new(tokens, read)), cancellation);
    }

    private BpeTokenizer Learn(PieceCounts counts, int first, Action<int> report, CancellationToken cancellation)
    {
        // A token's bytes are the characters U+0000 to U+00FF of a string; special tokens before them only hold their ids.
        List<string> tokens = [.. Options.SpecialTokens.Take(first).Select((_, i) => $"\uFFFF{i}"), .. ByteOrder().Select(value => ((char)value).ToString())];
        var ids = new int[Bytes];
        for (var id = first; id < tokens.Count; id++)
            ids[tokens[id][0]] = id;
        var words = CountedWords.FromPieces(counts, ids);
        var special = Options.SpecialTokens.Select(name => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name))).ToHashSet(StringComparer.Ordinal);
        var merger = new PairMerger(
            tokens, words, Options.VocabularySize - (Options.SpecialTokens.Count - first), Options.MaxTokenLength ?? int.MaxValue,
            (left, right) => left + right is var token && special.Contains(token) ? null : token);
        var merges = merger.Run(Options.MinFrequency, report, cancellation);

        var vocabulary = tokens.ConvertAll(Encoding.Latin1.GetBytes);
        for (var id = 0; id < first; id++)
            vocabulary[id] = Encoding.UTF8.GetBytes(Options.SpecialTokens[id]);
        var firstSpecial = Options.SpecialTokensLast ? vocabulary.Count : 0;
        return new BpeTokenizer(vocabulary, merges, new BpeOptions
        {
            Splitter = Options.Splitter,
            AddedTokens = [.. Options.SpecialTokens.Select((name, i) => new AddedToken(firstSpecial + i, name))],
            BosToken = Options.BosToken,
            EosToken = Options.EosToken,
        });
    }

    /// <summary>
    /// The bytes in the order of the characters that stand for them in files: first those that Latin-1 prints. Equally frequent pairs
    /// are merged in the order of their ids, so this order is part of the result.
    /// </summary>
    private static IEnumerable<byte> ByteOrder() =>
        Enumerable.Range(0, Bytes).Select(value => (byte)value).OrderBy(value => !IsPrintable(value));

    private static bool IsPrintable(byte value) => value is >= 0x21 and <= 0x7E or >= 0xA1 and not 0xAD;
}
