using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909; on bytes as in GPT-2, Radford et al. 2019). Each piece of
/// a text starts as single bytes; the two neighbours whose merge was learned first are merged until none can be.
/// </summary>
public sealed class BpeTokenizer : ITokenizer
{
    private readonly BpeVocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly (int Left, int Right)[] _learned;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>>? _wholePieces;
    private readonly int[] _byteIds;
    private readonly AddedTokenSearch _textSearch;
    private readonly AddedTokenSearch _fullSearch;
    private readonly ConcurrentBag<BpeEncoder> _encoders = [];

    /// <summary>A tokenizer of a vocabulary and the merges that were learned.</summary>
    /// <param name="vocabulary">The bytes of each token by id; where an added token has its place here, the UTF-8 of its name.</param>
    /// <param name="merges">Pairs of ids in the order in which they were learned; what they give together must be a token.</param>
    /// <param name="options">Splitter, added tokens and the rest.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message says which.</exception>
    public BpeTokenizer(IReadOnlyList<byte[]> vocabulary, IReadOnlyList<(int Left, int Right)> merges, BpeOptions options)
        : this(new BpeVocabulary(vocabulary, options), merges ?? throw new ArgumentNullException(nameof(merges)), options)
    {
    }

    private BpeTokenizer(BpeVocabulary vocabulary, IReadOnlyList<(int Left, int Right)>? merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        Options = options;
        FromRanksAlone = merges is null;
        (_learned, _merges) = merges is null ? BpeMerges.OfRanks(vocabulary) : BpeMerges.Learned(vocabulary, merges);
        if (merges is null || options.IgnoreMerges)
            _wholePieces = vocabulary.WholePieces();
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary.Find([(byte)value]))];
        _textSearch = new AddedTokenSearch(options.AddedTokens.Where(token => !token.Special), options.Normalization);
        _fullSearch = new AddedTokenSearch(options.AddedTokens, options.Normalization);
        SpecialTokens = options.AddedTokens.Where(token => token.Special).ToDictionary(token => token.Content, token => token.Id);
        BosId = vocabulary.IdOf(options.BosToken);
        EosId = vocabulary.IdOf(options.EosToken);
    }

    /// <summary>
    /// A tokenizer of a vocabulary alone, as tiktoken has it: any two neighbours that are a token together can be merged, the
    /// smallest id first, and a piece that is a token as a whole becomes it.
    /// </summary>
    /// <param name="vocabulary">The bytes of each token by id, which is its rank; where an added token has its place here, the UTF-8 of its name.</param>
    /// <param name="options">Splitter, added tokens and the rest.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message says which.</exception>
    public static BpeTokenizer FromRanks(IReadOnlyList<byte[]> vocabulary, BpeOptions options) =>
        new(new BpeVocabulary(vocabulary, options), null, options);

    /// <summary>The same tokenizer without tokens that begin and end documents.</summary>
    internal BpeTokenizer WithoutDocuments() =>
        new(_vocabulary, FromRanksAlone ? null : _learned, Options with { BosToken = null, EosToken = null });

    /// <summary>Splitter, added tokens and the rest.</summary>
    public BpeOptions Options { get; }

    /// <summary>Whether the merges follow from the ids alone.</summary>
    public bool FromRanksAlone { get; }

    /// <summary>
    /// The pairs of ids that are merged, first to last. With ranks alone there may be several pairs for one token, and they follow
    /// each other.
    /// </summary>
    public IReadOnlyList<(int Left, int Right)> Merges => _learned;

    /// <summary>The number of ids before the added tokens that follow the vocabulary.</summary>
    internal int MergedVocabularySize => _vocabulary.MergedCount;

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Count;

    /// <inheritdoc/>
    public int? BosId { get; }

    /// <inheritdoc/>
    public int? EosId { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The bytes of a token; of an added one, its name in UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id) => _vocabulary[id];

    /// <inheritdoc/>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var utf8 = ArrayPool<byte>.Shared.Rent(Wtf8.MaxByteCount(text.Length));
        try
        {
            var ids = new List<int>(text.Length / 3);
            Encode(utf8.AsSpan(0, Wtf8.Encode(text, utf8)), ids, allowSpecial ? _fullSearch : _textSearch);
            return [.. ids];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <inheritdoc/>
    public void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Encode(text, ids, _textSearch);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids, bool withSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var utf8 = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
            Decode(id, utf8, withSpecial);
        return Wtf8.Decode(utf8.WrittenSpan);
    }

    /// <inheritdoc/>
    public void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (var id in ids)
            Decode(id, output, withSpecial);
    }

    /// <inheritdoc/>
    public string TokenText(int id)
    {
        var text = new StringBuilder();
        for (var bytes = _vocabulary[id]; !bytes.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
                text.Append(rune);
            else
                foreach (var value in bytes[..length])
                    text.Append($"\\x{value:X2}");
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private void Encode(ReadOnlySpan<byte> utf8, List<int> ids, AddedTokenSearch search)
    {
        if (!_encoders.TryTake(out var encoder))
            encoder = new BpeEncoder(Options.Splitter, _merges, _byteIds, _wholePieces);
        search.Encode(utf8, ids, encoder, Options.AddPrefixSpace);
        _encoders.Add(encoder);
    }

    private void Decode(int id, IBufferWriter<byte> output, bool withSpecial)
    {
        var bytes = _vocabulary[id];
        if (withSpecial || !_vocabulary.IsSpecial(id))
            output.Write(bytes);
    }
}
