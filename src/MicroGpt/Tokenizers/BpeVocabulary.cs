using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>The bytes of every id and the ids of byte strings, with the added tokens behind or among those that merging gives.</summary>
internal sealed class BpeVocabulary
{
    private readonly byte[][] _tokens;
    private readonly AddedToken?[] _added; // by id
    private readonly Dictionary<byte[], int> _ids;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _find;

    /// <summary>Checks that everything has one place.</summary>
    /// <exception cref="ArgumentException">It has not; the message says what.</exception>
    public BpeVocabulary(IReadOnlyList<byte[]> tokens, BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(options);
        _tokens = [.. tokens, .. options.AddedTokens.Where(token => token.Id >= tokens.Count).OrderBy(token => token.Id).Select(token => Wtf8.Encode(token.Content))];
        _added = new AddedToken[_tokens.Length];
        MergedCount = tokens.Count;
        var names = new HashSet<string>();
        foreach (var token in options.AddedTokens)
        {
            if (string.IsNullOrEmpty(token.Content))
                throw new ArgumentException($"The added token {token.Id} has no name.");
            if ((uint)token.Id >= (uint)_tokens.Length)
                throw new ArgumentException(
                    $"The added token {token.Content} has the id {token.Id}, but with {_tokens.Length} tokens the ids are 0 to {_tokens.Length - 1}.");
            if (_added[token.Id] is { } other)
                throw new ArgumentException($"The added tokens {other.Content} and {token.Content} have the same id, {token.Id}.");
            if (!names.Add(token.Content))
                throw new ArgumentException($"The added token {token.Content} comes twice.");
            _added[token.Id] = token;
        }

        // What merging gives comes first: an added token may have the bytes of a token that is spelt otherwise in the files.
        _ids = new Dictionary<byte[], int>(_tokens.Length, ByteStringComparer.Instance);
        _find = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is not { Length: > 0 })
                throw new ArgumentException($"The token {id} is empty.");
            if (_added[id] is null && !_ids.TryAdd(tokens[id], id))
                throw new ArgumentException($"The tokens {_ids[tokens[id]]} and {id} are the same: \"{Wtf8.Decode(tokens[id])}\".");
        }

        for (var id = 0; id < tokens.Count; id++)
            if (_added[id] is not null)
                _ids.TryAdd(tokens[id], id);
    }

    public int Count => _tokens.Length;

    /// <summary>The number of ids before the added tokens that follow the vocabulary.</summary>
    public int MergedCount { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public ReadOnlySpan<byte> this[int id] => (uint)id < (uint)_tokens.Length
        ? _tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has the ids 0 to {_tokens.Length - 1}.");

    public bool IsSpecial(int id) => _added[id] is { Special: true };

    public bool IsAdded(int id) => _added[id] is not null;

    /// <summary>The id of a byte string, or −1.</summary>
    public int Find(ReadOnlySpan<byte> bytes) => _find.TryGetValue(bytes, out var id) ? id : -1;

    /// <summary>The id of an added token's name, null for no name.</summary>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public int? IdOf(string? name)
    {
        if (name is null)
            return null;
        var id = Find(Encoding.UTF8.GetBytes(name));
        if (id < 0)
            id = Array.FindIndex(_added, token => token?.Content == name);
        return id >= 0 ? id : throw new ArgumentException($"The vocabulary has no token {name}, which should begin or end documents.");
    }

    /// <summary>The tokens that text can become as a whole.</summary>
    public Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> WholePieces() =>
        new Dictionary<byte[], int>(_ids.Where(entry => !IsAdded(entry.Value)), ByteStringComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
}
