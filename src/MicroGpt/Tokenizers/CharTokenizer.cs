using System.Buffers;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// One token a character (a Unicode code point): the sorted distinct characters of a text are 0, 1, 2, …; with documents, the
/// special token <see cref="BosToken"/> comes last. The tokenizer of microgpt and of nanoGPT's Shakespeare.
/// </summary>
public sealed class CharTokenizer : ITokenizer
{
    /// <summary>The name of the special token around documents.</summary>
    public const string BosToken = "<|bos|>";

    private readonly Dictionary<int, int> _ids = [];
    private readonly string[] _characters;

    /// <summary>A vocabulary of the given characters, in the given order.</summary>
    /// <param name="characters">Code points, each once.</param>
    /// <param name="bos">Whether a special token for the start and end of documents follows them.</param>
    /// <exception cref="ArgumentException">There is no character, one comes twice, or one is not a code point.</exception>
    public CharTokenizer(IReadOnlyList<int> characters, bool bos)
    {
        ArgumentNullException.ThrowIfNull(characters);
        if (characters.Count == 0)
            throw new ArgumentException("A vocabulary needs at least one character.", nameof(characters));

        _characters = new string[characters.Count];
        for (var id = 0; id < characters.Count; id++)
        {
            if (!Rune.TryCreate(characters[id], out var rune))
                throw new ArgumentException($"{characters[id]} is not a Unicode code point.", nameof(characters));
            if (!_ids.TryAdd(rune.Value, id))
                throw new ArgumentException($"The character {Describe(rune)} stands in the vocabulary twice.", nameof(characters));
            _characters[id] = rune.ToString();
        }

        BosId = bos ? characters.Count : null;
        SpecialTokens = bos ? new Dictionary<string, int> { [BosToken] = characters.Count } : [];
    }

    /// <summary>The vocabulary of all the characters in some texts.</summary>
    /// <param name="texts">The documents, or a single text.</param>
    /// <param name="bos">Whether the texts are documents, to be told apart by a special token.</param>
    /// <exception cref="ArgumentException">There is no character in them.</exception>
    public static CharTokenizer Train(IEnumerable<string> texts, bool bos)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var distinct = new SortedSet<int>();
        foreach (var text in texts)
            foreach (var rune in text.EnumerateRunes())
                distinct.Add(rune.Value);
        return new CharTokenizer([.. distinct], bos);
    }

    /// <inheritdoc/>
    public int VocabularySize => _characters.Length + (BosId is null ? 0 : 1);

    /// <inheritdoc/>
    public int? BosId { get; }

    /// <summary>The characters, by id.</summary>
    public IReadOnlyList<string> Characters => _characters;

    /// <inheritdoc/>
    public int? EosId => BosId;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length);
        if (allowSpecial && BosId is { } bos)
        {
            var parts = text.Split(BosToken);
            for (var i = 0; i < parts.Length; i++)
            {
                if (i > 0)
                    ids.Add(bos);
                Encode(parts[i], ids);
            }
        }
        else
        {
            Encode(text, ids);
        }

        return [.. ids];
    }

    /// <inheritdoc/>
    public void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done)
                throw new ArgumentException("The text is not UTF-8, and this vocabulary has only characters.", nameof(text));
            ids.Add(Id(rune));
            text = text[length..];
        }
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids, bool withSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (var id in ids)
            text.Append(Text(id, withSpecial));
        return text.ToString();
    }

    /// <inheritdoc/>
    public void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (var id in ids)
            Encoding.UTF8.GetBytes(Text(id, withSpecial), output);
    }

    /// <inheritdoc/>
    public string TokenText(int id) => Text(id, withSpecial: true);

    private void Encode(string text, List<int> ids)
    {
        foreach (var rune in text.EnumerateRunes())
            ids.Add(Id(rune));
    }

    private int Id(Rune rune) =>
        _ids.TryGetValue(rune.Value, out var id)
            ? id
            : throw new ArgumentException(
                $"The character {Describe(rune)} is not among the {_characters.Length} that the model was trained on.");

    private string Text(int id, bool withSpecial)
    {
        if ((uint)id >= (uint)VocabularySize)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has the ids 0 to {VocabularySize - 1}.");
        return id < _characters.Length ? _characters[id] : withSpecial ? BosToken : "";
    }

    private static string Describe(Rune rune) =>
        Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? $"U+{rune.Value:X4}" : $"'{rune}' (U+{rune.Value:X4})";
}
