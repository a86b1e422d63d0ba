using System.Buffers;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>Reads what <see cref="GgufTokenizerWriter"/> and llama.cpp's conversion scripts write about a tokenizer.</summary>
/// <remarks>Everything throws an <see cref="InvalidDataException"/> whose message is the end of a sentence about the file.</remarks>
internal static class GgufTokenizerReader
{
    /// <summary>Reads a tokenizer, or null where there is none.</summary>
    public static ITokenizer? Read(GgufMetadata metadata)
    {
        try
        {
            return metadata.Text(GgufTokenizer.Model) switch
            {
                null or GgufTokenizer.None or "none" => null,
                GgufTokenizer.LongestToken => ReadCharacters(metadata),
                GgufTokenizer.BytePairs => ReadBytePairs(metadata),
                var other => throw new InvalidDataException($"its tokenizer is of the kind {other}; byte-level BPE (gpt2) and single characters can be read"),
            };
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"its tokenizer can't be used: {exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal).TrimEnd('.')}", exception);
        }
    }

    private static CharTokenizer ReadCharacters(GgufMetadata metadata)
    {
        var (tokens, types) = Vocabulary(metadata);
        return types.All(type => type == GgufTokenizer.Normal) && tokens.All(token => Character(token == @"\\" ? "\\" : token) is not null)
            ? new CharTokenizer([.. tokens.Select(token => Character(token == @"\\" ? "\\" : token)!.Value)], bos: false)
            : throw new InvalidDataException("its tokenizer is RWKV's, which can't be read unless its tokens are single characters");
    }

    private static ITokenizer ReadBytePairs(GgufMetadata metadata)
    {
        var (tokens, types) = Vocabulary(metadata);
        var merges = metadata.Texts(GgufTokenizer.Merges) ?? throw new InvalidDataException($"it does not say {GgufTokenizer.Merges}");
        if (AsCharacters(tokens, types, merges) is { } characters)
            return characters;
        var added = new List<AddedToken>();
        for (var id = 0; id < types.Count; id++)
            if (types[id] is GgufTokenizer.Control or GgufTokenizer.UserDefined)
                added.Add(new AddedToken(id, tokens[id]) { Special = types[id] == GgufTokenizer.Control });
        var last = types.Count - 1; // of those that are not added behind the others
        while (last > 0 && types[last] is GgufTokenizer.Control or GgufTokenizer.UserDefined)
            last--;
        var preTokenizer = PreTokenizer(metadata);
        var builder = new BpeBuilder(tokens.Take(last + 1).Select((token, id) => (token, id)), added);
        return builder.Build(merges.Select(Pair), new BpeOptions
        {
            Splitter = metadata.Text(GgufTokenizer.Pattern) is { } pattern ? Splitter.FromPattern(pattern) : preTokenizer.Splitter,
            IgnoreMerges = preTokenizer.IgnoresMerges,
            Normalization = metadata.Flag(GgufTokenizer.NormalizesToNfc) == true ? NormalizationForm.FormC : null,
        }, new TokenizerConfig { BosToken = Name(GgufTokenizer.BosId), EosToken = Name(GgufTokenizer.EosId) });

        // An end of texts that is a token of text is there only because llama.cpp must have one.
        string? Name(string key) => metadata.IntOrNull(key) is { } id && added.Find(token => token.Id == id) is { } token ? token.Content : null;
    }

    private static GgufPreTokenizer PreTokenizer(GgufMetadata metadata)
    {
        var name = metadata.Text(GgufTokenizer.PreTokenizer) ?? "default";
        return GgufPreTokenizer.Find(name) ?? throw new InvalidDataException(
            $"its tokenizer cuts text in the way \"{name}\", which can't be followed here; {string.Join(", ", GgufPreTokenizer.All.Select(known => known.Names[0]))} can");
    }

    /// <summary>The tokens and their types, without the rows at the end that have none.</summary>
    private static (IReadOnlyList<string> Tokens, IReadOnlyList<int> Types) Vocabulary(GgufMetadata metadata)
    {
        var tokens = metadata.Texts(GgufTokenizer.Tokens) ?? throw new InvalidDataException($"it does not say {GgufTokenizer.Tokens}");
        var types = metadata.Ints(GgufTokenizer.TokenTypes) ?? [.. Enumerable.Repeat(GgufTokenizer.Normal, tokens.Count)];
        if (types.Count != tokens.Count)
            throw new InvalidDataException($"it has {tokens.Count} tokens, but {types.Count} types of tokens");
        var count = tokens.Count;
        while (count > 0 && types[count - 1] == GgufTokenizer.Unused)
            count--;
        return ([.. tokens.Take(count)], [.. types.Take(count)]);
    }

    /// <summary>The vocabulary of characters that the writer has put as byte-level BPE, or null where it is none.</summary>
    private static CharTokenizer? AsCharacters(IReadOnlyList<string> tokens, IReadOnlyList<int> types, IReadOnlyList<string> merges)
    {
        var count = tokens.Count - 1;
        if (count < 1 || tokens[count] != CharTokenizer.BosToken || types[count] != GgufTokenizer.Control || types.Take(count).Any(type => type != GgufTokenizer.Normal))
            return null;
        var characters = tokens.Take(count).Select(token => ByteLevelAlphabet.TryDecode(token) is { } utf8 ? Character(Wtf8.Decode(utf8)) : null).ToArray();
        return characters.All(character => character is not null) && merges.SequenceEqual(GgufTokenizerWriter.SpellingMerges(tokens.Take(count)))
            ? new CharTokenizer([.. characters.Select(character => character!.Value)], bos: true)
            : null;
    }

    private static int? Character(string text) =>
        Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done && length == text.Length ? rune.Value : null;

    /// <summary>Two tokens with a space between, which in the byte-level alphabet is in none.</summary>
    private static (string Left, string Right) Pair(string merge, int rank) =>
        merge.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space && space < merge.Length - 1
            ? (merge[..space], merge[(space + 1)..])
            : throw new InvalidDataException($"its merge {rank}, \"{merge}\", is not two tokens");
}
