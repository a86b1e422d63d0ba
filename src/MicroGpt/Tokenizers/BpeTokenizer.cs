using System.Buffers;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909; on bytes as in GPT-2, Radford et al. 2019). Each piece of
/// a text starts as single bytes; the two neighbours whose merge was learned first are merged until none can be.
/// </summary>
public sealed class BpeTokenizer : ITokenizer
{
    /// <summary>A tokenizer of a vocabulary and the merges that were learned.</summary>
    /// <param name="vocabulary">The bytes of each token by id; where an added token has its place here, the UTF-8 of its name.</param>
    /// <param name="merges">Pairs of ids in the order in which they were learned; what they give together must be a token.</param>
    /// <param name="options">Splitter, added tokens and the rest.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message says which.</exception>
    public BpeTokenizer(IReadOnlyList<byte[]> vocabulary, IReadOnlyList<(int Left, int Right)> merges, BpeOptions options)
    {
        throw new NotImplementedException();
    }

    /// <summary>
    /// A tokenizer of a vocabulary alone, as tiktoken has it: any two neighbours that are a token together can be merged, the
    /// smallest id first, and a piece that is a token as a whole becomes it.
    /// </summary>
    /// <param name="vocabulary">The bytes of each token by id, which is its rank; where an added token has its place here, the UTF-8 of its name.</param>
    /// <param name="options">Splitter, added tokens and the rest.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message says which.</exception>
    public static BpeTokenizer FromRanks(IReadOnlyList<byte[]> vocabulary, BpeOptions options) => throw new NotImplementedException();

    /// <summary>Splitter, added tokens and the rest.</summary>
    public BpeOptions Options => throw new NotImplementedException();

    /// <summary>The pairs of ids that are merged, first to last.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges => throw new NotImplementedException();

    /// <inheritdoc/>
    public int VocabularySize => throw new NotImplementedException();

    /// <inheritdoc/>
    public int? BosId => throw new NotImplementedException();

    /// <inheritdoc/>
    public int? EosId => throw new NotImplementedException();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens => throw new NotImplementedException();

    /// <summary>The bytes of a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int[] Encode(string text, bool allowSpecial = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids) => throw new NotImplementedException();

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids, bool withSpecial = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public string TokenText(int id) => throw new NotImplementedException();
}
