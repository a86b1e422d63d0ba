using System.Runtime.InteropServices;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Learns a WordPiece vocabulary as Hugging Face tokenizers' <c>WordPieceTrainer</c> does: by merging the most frequent pairs of
/// neighbours inside words, the tokens behind a word's first marked by ##. That library numbers the marked characters in the order
/// in which it happens to meet them, so equally frequent pairs come out differently each time; here the characters are sorted.
/// </summary>
/// <param name="options">How.</param>
public sealed class WordPieceTrainer(WordPieceTrainerOptions options)
{
    /// <summary>How.</summary>
    public WordPieceTrainerOptions Options { get; } = (options ?? throw new ArgumentNullException(nameof(options))).Validate();

    /// <summary>Learns a vocabulary; where the texts don't give that many tokens, it is smaller.</summary>
    /// <param name="documents">Texts in UTF-8. They are read once, by one thread at a time.</param>
    /// <param name="progress">Is told how far it has come, from several threads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="InsufficientMemoryException">The different words of the texts take more than 2 GiB.</exception>
    public WordPieceTokenizer Train(
        IEnumerable<ReadOnlyMemory<byte>> documents, IProgress<TokenizerTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var read = 0L;
        var pieces = new PieceCounter(new LineAndSpaceSplitter(), int.MaxValue).Count(
            documents, Options.Threads ?? Environment.ProcessorCount, bytes => progress?.Report(new(0, read = bytes)), cancellation);
        var words = CountWords(pieces, cancellation);
        var alphabet = Alphabet(words);

        List<string> tokens = [.. Options.SpecialTokens, .. alphabet.Select(rune => rune.ToString()).Except(Options.SpecialTokens)];
        var counted = InSymbols(words, alphabet, tokens);
        var special = Options.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        var prefix = Options.Tokenizer.ContinuingPrefix;
        new PairMerger(
            tokens, counted, Options.VocabularySize, int.MaxValue,
            (left, right) => left + right[prefix.Length..] is var token && special.Contains(token) ? null : token)
            .Run(Options.MinFrequency, count => progress?.Report(new(count, read)), cancellation);
        return new WordPieceTokenizer(tokens, Options.Tokenizer with
        {
            AddedTokens = [.. Options.SpecialTokens.Select((name, id) => new AddedToken(id, name))],
        });
    }

    /// <summary>The words behind normalization, from pieces that are counted already: each different one is normalized once.</summary>
    private SortedDictionary<string, long> CountWords(PieceCounts pieces, CancellationToken cancellation)
    {
        var normalizer = new BertNormalizer(Options.Tokenizer);
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < pieces.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (pieces.Occurrences(i) == 0)
                continue;
            var text = normalizer.Normalize(Encoding.UTF8.GetString(pieces.Piece(i)));
            for (var end = 0; BertNormalizer.NextWord(text, ref end) is { IsEmpty: false } word;)
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out _) += pieces.Occurrences(i);
        }

        return new SortedDictionary<string, long>(words, StringComparer.Ordinal);
    }

    /// <summary>The most frequent characters, sorted.</summary>
    private SortedSet<Rune> Alphabet(SortedDictionary<string, long> words)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, count) in words)
            foreach (var rune in word.EnumerateRunes())
                CollectionsMarshal.GetValueRefOrAddDefault(counts, rune, out _) += count;
        return [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => pair.Key).Take(Options.LimitAlphabet ?? int.MaxValue)];
    }

    /// <summary>Words in tokens of one character each; characters outside the alphabet are left out. Appends the marked ones to the tokens.</summary>
    private CountedWords InSymbols(SortedDictionary<string, long> words, SortedSet<Rune> alphabet, List<string> tokens)
    {
        var first = alphabet.ToDictionary(rune => rune, rune => tokens.IndexOf(rune.ToString()));
        var continuing = new SortedDictionary<Rune, int>();
        foreach (var word in words.Keys)
            foreach (var rune in word.EnumerateRunes().Skip(1).Where(alphabet.Contains))
                continuing[rune] = 0;
        foreach (var rune in continuing.Keys.ToArray())
        {
            continuing[rune] = tokens.Count;
            tokens.Add(Options.Tokenizer.ContinuingPrefix + rune);
        }

        var symbols = new List<int>();
        var starts = new List<int> { 0 };
        foreach (var word in words.Keys)
        {
            var isFirst = true;
            foreach (var rune in word.EnumerateRunes())
            {
                if (alphabet.Contains(rune))
                    symbols.Add((isFirst ? first : (IDictionary<Rune, int>)continuing)[rune]);
                isFirst = false;
            }

            starts.Add(symbols.Count);
        }

        return new CountedWords([.. symbols], [.. starts], [.. words.Values]);
    }

    /// <summary>
    /// Cuts behind each run of spaces and line ends, where a word ends in any case. Not at other white space, some of which
    /// normalization drops.
    /// </summary>
    private sealed class LineAndSpaceSplitter : Splitter
    {
        public override string Pattern => "[^ \\t\\n\\r]*[ \\t\\n\\r]*";

        public override int Next(ReadOnlySpan<byte> utf8, int start)
        {
            var rest = utf8[start..];
            var word = rest.IndexOfAny(" \t\n\r"u8);
            if (word < 0)
                return utf8.Length;
            var space = rest[word..].IndexOfAnyExcept(" \t\n\r"u8);
            return space < 0 ? utf8.Length : start + word + space;
        }
    }
}
