using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>WordPiece in <c>tokenizer.json</c>, with BERT's normalization; anything else before it is refused by name.</summary>
internal static class WordPieceJson
{
    private const string Bos = "[CLS]";
    private const string Eos = "[SEP]";

    public static WordPieceTokenizer Read(JsonElement root, TokenizerConfig? config)
    {
        var model = root.GetProperty("model");
        var tokens = new SortedDictionary<int, string>();
        foreach (var entry in model.GetProperty("vocab").EnumerateObject())
            if (!tokens.TryAdd(entry.Value.GetInt32(), entry.Name))
                throw new InvalidDataException($"the tokens {tokens[entry.Value.GetInt32()]} and {entry.Name} have the same id.");
        if (tokens.Count > 0 && (tokens.Keys.First() != 0 || tokens.Keys.Last() != tokens.Count - 1))
            throw new InvalidDataException($"the {tokens.Count} tokens do not have the ids 0 to {tokens.Count - 1}.");

        var added = JsonParts.ReadAddedTokens(root);
        if (added.Find(token => token.Normalized) is { } normalized)
            throw new InvalidDataException($"the added token {normalized.Content} is looked for in normalized text, which is not followed for WordPiece.");
        Expect(root, "pre_tokenizer", "BertPreTokenizer");
        var normalizer = Expect(root, "normalizer", "BertNormalizer");
        var decoder = root.Find("decoder") is null ? default : Expect(root, "decoder", "WordPiece");
        var defaults = new WordPieceOptions();
        return new WordPieceTokenizer([.. tokens.Values], new WordPieceOptions
        {
            CleanText = normalizer.Flag("clean_text", missing: true),
            SplitChineseCharacters = normalizer.Flag("handle_chinese_chars", missing: true),
            StripAccents = normalizer.Find("strip_accents")?.GetBoolean(),
            Lowercase = normalizer.Flag("lowercase", missing: true),
            UnknownToken = model.Text("unk_token") ?? defaults.UnknownToken,
            ContinuingPrefix = model.Text("continuing_subword_prefix") ?? defaults.ContinuingPrefix,
            MaxWordLength = model.Find("max_input_chars_per_word")?.GetInt32() ?? defaults.MaxWordLength,
            CleanUpSpaces = decoder.Flag("cleanup", missing: true),
            AddedTokens = added,
            BosToken = Name(config?.BosToken, config is { NamesBos: true } ? null : Bos),
            EosToken = Name(config?.EosToken, config is { NamesBos: true } ? null : Eos),
        });

        string? Name(string? given, string? usual) => added.Find(token => token.Content == (given ?? usual))?.Content;
    }

    public static void Write(Utf8JsonWriter json, WordPieceTokenizer tokenizer)
    {
        var options = tokenizer.Options;
        JsonParts.WriteAddedTokens(json, options.AddedTokens);
        json.WriteStartObject("normalizer");
        json.WriteString("type", "BertNormalizer");
        json.WriteBoolean("clean_text", options.CleanText);
        json.WriteBoolean("handle_chinese_chars", options.SplitChineseCharacters);
        if (options.StripAccents is { } strip)
            json.WriteBoolean("strip_accents", strip);
        else
            json.WriteNull("strip_accents");
        json.WriteBoolean("lowercase", options.Lowercase);
        json.WriteEndObject();
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "BertPreTokenizer");
        json.WriteEndObject();
        WritePostProcessor(json, tokenizer);
        json.WriteStartObject("decoder");
        json.WriteString("type", "WordPiece");
        json.WriteString("prefix", options.ContinuingPrefix);
        json.WriteBoolean("cleanup", options.CleanUpSpaces);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "WordPiece");
        json.WriteString("unk_token", options.UnknownToken);
        json.WriteString("continuing_subword_prefix", options.ContinuingPrefix);
        json.WriteNumber("max_input_chars_per_word", options.MaxWordLength);
        json.WriteStartObject("vocab");
        for (var id = 0; id < tokenizer.Vocabulary.Count; id++)
            json.WriteNumber(tokenizer.Vocabulary[id], id);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Other programs put the tokens of BERT around a text; ours leaves that to who encodes.</summary>
    private static void WritePostProcessor(Utf8JsonWriter json, WordPieceTokenizer tokenizer)
    {
        if (!tokenizer.SpecialTokens.TryGetValue(Bos, out var bos) || !tokenizer.SpecialTokens.TryGetValue(Eos, out var eos))
        {
            json.WriteNull("post_processor");
            return;
        }

        json.WriteStartObject("post_processor");
        json.WriteString("type", "BertProcessing");
        foreach (var (property, name, id) in ((string, string, int)[])[("sep", Eos, eos), ("cls", Bos, bos)])
        {
            json.WriteStartArray(property);
            json.WriteStringValue(name);
            json.WriteNumberValue(id);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static JsonElement Expect(JsonElement root, string part, string type) =>
        root.Find(part) is { } found && found.Text("type") == type
            ? found
            : throw new InvalidDataException($"its {part} is {root.Find(part)?.Text("type") ?? "missing"}; with WordPiece only {type} can be followed.");
}
