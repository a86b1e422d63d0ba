namespace MicroGpt.Tokenizers;

/// <summary>Makes a <see cref="BpeTokenizer"/> of what files hold: tokens and merges as text, ids that may be anything.</summary>
internal sealed class BpeBuilder
{
    private static readonly string[] s_usualDocumentTokens = ["<|bos|>", "<|begin_of_text|>", "<|endoftext|>"];

    private readonly Dictionary<string, int> _ids = [];
    private readonly List<AddedToken> _added;
    private readonly byte[][] _vocabulary;

    /// <summary>Gives each token its place.</summary>
    /// <param name="vocabulary">The tokens that merging gives, written in the byte-level alphabet, perhaps with added tokens among them.</param>
    /// <param name="added">Added tokens.</param>
    /// <exception cref="InvalidDataException">The tokens are not 0, 1, 2, …, each once.</exception>
    public BpeBuilder(IEnumerable<(string Text, int Id)> vocabulary, List<AddedToken> added)
    {
        foreach (var (text, id) in vocabulary)
            if (!_ids.TryAdd(text, id))
                throw new InvalidDataException($"the token \"{text}\" is in the vocabulary twice.");
        if (_ids.Count == 0)
            throw new InvalidDataException("its vocabulary is empty.");
        _added = added;
        var merged = _ids.Values.Max();
        foreach (var token in added)
            if (!_ids.TryAdd(token.Content, token.Id) && _ids[token.Content] != token.Id)
                throw new InvalidDataException(
                    $"the token \"{token.Content}\" is {_ids[token.Content]} in the vocabulary, but {token.Id} among the added tokens.");

        var names = new string?[_ids.Count];
        foreach (var (text, id) in _ids)
        {
            if ((uint)id >= (uint)names.Length)
                throw new InvalidDataException(
                    $"the token \"{text}\" has the id {id}, but there are {names.Length} tokens, whose ids should be 0 to {names.Length - 1} without a hole.");
            if (names[id] is { } other)
                throw new InvalidDataException($"the tokens \"{other}\" and \"{text}\" have the same id, {id}.");
            names[id] = text;
        }

        var isAdded = new bool[names.Length];
        foreach (var token in added)
            isAdded[token.Id] = true;
        _vocabulary = new byte[merged + 1][];
        for (var id = 0; id < _vocabulary.Length; id++)
            _vocabulary[id] = isAdded[id]
                ? Wtf8.Encode(names[id])
                : ByteLevelAlphabet.TryDecode(names[id]!) ?? throw new InvalidDataException(
                    $"the token \"{names[id]}\" is not written in the byte-level alphabet, in which a space is Ġ; only byte-level BPE can be read.");
    }

    /// <summary>Builds the tokenizer.</summary>
    /// <param name="merges">The merges by rank, in the same alphabet.</param>
    /// <param name="options">Everything but the added tokens and the names.</param>
    /// <param name="config">The names; without it, the usual ones.</param>
    /// <exception cref="InvalidDataException">A merge is of an unknown token.</exception>
    /// <exception cref="ArgumentException">The parts don't fit together.</exception>
    public BpeTokenizer Build(IEnumerable<(string Left, string Right)> merges, BpeOptions options, TokenizerConfig? config) =>
        new(_vocabulary, [.. merges.Select((merge, rank) => (Id(merge.Left, rank), Id(merge.Right, rank)))], Complete(options, _added, config));

    /// <summary>Options with added tokens and the names of those for documents.</summary>
    public static BpeOptions Complete(BpeOptions options, IReadOnlyList<AddedToken> added, TokenizerConfig? config) => options with
    {
        AddedTokens = added,
        BosToken = config is not null ? config.BosToken : Usual(added),
        EosToken = config is not null ? config.EosToken : Usual(added),
    };

    private static string? Usual(IReadOnlyList<AddedToken> added) =>
        s_usualDocumentTokens.FirstOrDefault(name => added.Any(token => token.Special && token.Content == name));

    private int Id(string text, int rank) =>
        _ids.TryGetValue(text, out var id) ? id : throw new InvalidDataException($"merge {rank} is of \"{text}\", which is not in the vocabulary.");
}
