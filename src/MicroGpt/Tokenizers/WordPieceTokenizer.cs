using System.Buffers;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// BERT's tokenizer (Devlin et al., arXiv:1810.04805): words, each cut into the longest tokens of the vocabulary from its start on,
/// those behind the first marked by ##. It does not keep everything: capitals, accents, kinds of white space and what the vocabulary
/// lacks are lost, so decoding gives a readable text, not the one that was encoded.
/// </summary>
public sealed class WordPieceTokenizer : ITokenizer
{
    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int> _continuing = new(StringComparer.Ordinal); // without the prefix
    private readonly HashSet<int> _special = [];
    private readonly BertNormalizer _normalizer;
    private readonly AddedTokenMatcher? _textTokens; // those that are recognised in every text
    private readonly AddedTokenMatcher? _allTokens;
    private readonly int _unknown;
    private readonly int _longest; // of a token, in UTF-16 units

    /// <summary>A tokenizer of a vocabulary.</summary>
    /// <param name="vocabulary">The tokens by id, each once; added tokens may follow them.</param>
    /// <param name="options">Normalization, added tokens and the rest.</param>
    /// <exception cref="ArgumentException">The parts don't fit together; the message says which.</exception>
    public WordPieceTokenizer(IReadOnlyList<string> vocabulary, WordPieceOptions options)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Vocabulary = vocabulary;
        if (options.ContinuingPrefix.Length == 0 || options.MaxWordLength < 1)
            throw new ArgumentException("A continuing token needs a prefix, and words a length of at least 1.", nameof(options));
        _normalizer = new BertNormalizer(options);
        _tokens = WithAddedTokens(vocabulary, options.AddedTokens);
        _ids = new Dictionary<string, int>(_tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < _tokens.Length; id++)
        {
            if (string.IsNullOrEmpty(_tokens[id]))
                throw new ArgumentException($"The token {id} is empty.", nameof(vocabulary));
            if (!_ids.TryAdd(_tokens[id], id))
                throw new ArgumentException($"The token {_tokens[id]} has two ids, {_ids[_tokens[id]]} and {id}.", nameof(vocabulary));
            if (id < vocabulary.Count && _tokens[id].StartsWith(options.ContinuingPrefix, StringComparison.Ordinal))
                _continuing.Add(_tokens[id][options.ContinuingPrefix.Length..], id);
        }

        if (!_ids.TryGetValue(options.UnknownToken, out _unknown))
            throw new ArgumentException($"The vocabulary has no {options.UnknownToken} for words that it can't express.", nameof(vocabulary));
        _longest = vocabulary.Max(token => token.Length);
        _special = [.. options.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        SpecialTokens = options.AddedTokens.Where(token => token.Special).ToDictionary(token => token.Content, token => token.Id);
        _textTokens = AddedTokenMatcher.Create(options.AddedTokens.Where(token => !token.Special));
        _allTokens = AddedTokenMatcher.Create(options.AddedTokens);
        BosId = Find(options.BosToken);
        EosId = Find(options.EosToken);
    }

    /// <summary>Normalization, added tokens and the rest.</summary>
    public WordPieceOptions Options { get; }

    /// <summary>The tokens by id, without added ones that follow them.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <inheritdoc/>
    public int VocabularySize => _tokens.Length;

    /// <inheritdoc/>
    public int? BosId { get; }

    /// <inheritdoc/>
    public int? EosId { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 4);
        Encode(Wtf8.Encode(text), allowSpecial ? _allTokens : _textTokens, ids);
        return [.. ids];
    }

    /// <inheritdoc/>
    /// <remarks>Bytes that are not UTF-8 are dropped, as BERT drops them.</remarks>
    public void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Encode(text, _textTokens, ids);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids, bool withSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            var token = TokenText(id);
            if (!withSpecial && _special.Contains(id))
                continue;
            var continues = token.StartsWith(Options.ContinuingPrefix, StringComparison.Ordinal);
            if (text.Length > 0 && continues)
                text.Append(token, Options.ContinuingPrefix.Length, token.Length - Options.ContinuingPrefix.Length);
            else if (text.Length > 0 && !(Options.CleanUpSpaces && token is "." or "?" or "!" or ","))
                text.Append(' ').Append(token);
            else
                text.Append(token);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false) =>
        Encoding.UTF8.GetBytes(Decode(ids.ToArray(), withSpecial), output);

    /// <inheritdoc/>
    public string TokenText(int id) =>
        (uint)id < (uint)_tokens.Length
            ? _tokens[id]
            : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has the ids 0 to {_tokens.Length - 1}.");

    /// <summary>Added tokens, and the words between them.</summary>
    private void Encode(ReadOnlySpan<byte> utf8, AddedTokenMatcher? matcher, List<int> ids)
    {
        var at = 0;
        while (matcher?.Find(utf8, at, out var start, out var end) is { } token)
        {
            EncodeWords(utf8[at..start], ids);
            ids.Add(token.Id);
            at = end;
        }

        EncodeWords(utf8[at..], ids);
    }

    private void EncodeWords(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        var normalized = _normalizer.Normalize(Encoding.UTF8.GetString(utf8));
        for (var end = 0; BertNormalizer.NextWord(normalized, ref end) is { IsEmpty: false } word;)
            EncodeWord(word, ids);
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        var first = ids.Count;
        if (word.Length > Options.MaxWordLength && CountCharacters(word) > Options.MaxWordLength)
        {
            ids.Add(_unknown);
            return;
        }

        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var continuing = _continuing.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; start < word.Length;)
        {
            var length = Math.Min(word.Length - start, _longest);
            int id;
            while (!(start == 0 ? lookup : continuing).TryGetValue(word.Slice(start, length), out id))
            {
                if (--length > 0)
                    continue;
                ids.RemoveRange(first, ids.Count - first); // no token begins here: the word is unknown as a whole
                ids.Add(_unknown);
                return;
            }

            ids.Add(id);
            start += length;
        }
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes())
            count++;
        return count;
    }

    private static string[] WithAddedTokens(IReadOnlyList<string> vocabulary, IReadOnlyList<AddedToken> added)
    {
        List<string> tokens = [.. vocabulary];
        foreach (var token in added.OrderBy(token => token.Id))
        {
            if (token.Id == tokens.Count)
                tokens.Add(token.Content);
            else if (token.Id < 0 || token.Id > tokens.Count || tokens[token.Id] != token.Content)
                throw new ArgumentException($"The added token {token.Content} has the id {token.Id}, which is not its place in the vocabulary.", nameof(added));
        }

        return [.. tokens];
    }

    private int? Find(string? name) =>
        name is null ? null
        : Options.AddedTokens.FirstOrDefault(token => token.Content == name)?.Id
            ?? throw new ArgumentException($"{name} is not among the added tokens.");
}
