using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>Byte-level BPE in <c>tokenizer.json</c>.</summary>
internal static class BpeJson
{
    public static BpeTokenizer Read(JsonElement root, TokenizerConfig? config)
    {
        var model = root.GetProperty("model");
        Refuse(model.Find("dropout") is { } dropout && dropout.GetDouble() != 0, "its merges are dropped at random (dropout), which is for training.");
        Refuse(model.Flag("byte_fallback"), "it falls back to bytes (byte_fallback), as SentencePiece does; only byte-level BPE can be read.");
        Refuse(model.Text("continuing_subword_prefix") is { Length: > 0 }, "its tokens inside a word have a prefix (continuing_subword_prefix).");
        Refuse(model.Text("end_of_word_suffix") is { Length: > 0 }, "its tokens at the end of a word have a suffix (end_of_word_suffix).");
        var (splitter, addPrefixSpace) = PreTokenizerJson.Read(root);
        PreTokenizerJson.CheckDecoder(root);
        var builder = new BpeBuilder(
            model.GetProperty("vocab").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetInt32())),
            JsonParts.ReadAddedTokens(root));
        return builder.Build(model.GetProperty("merges").EnumerateArray().Select(ReadMerge), new BpeOptions
        {
            Splitter = splitter,
            AddPrefixSpace = addPrefixSpace,
            IgnoreMerges = model.Flag("ignore_merges"),
            Normalization = NormalizerJson.Read(root),
        }, config);
    }

    public static void Write(Utf8JsonWriter json, BpeTokenizer tokenizer)
    {
        JsonParts.WriteAddedTokens(json, tokenizer.Options.AddedTokens);
        NormalizerJson.Write(json, tokenizer.Options.Normalization);
        PreTokenizerJson.Write(json, tokenizer.Options.Splitter, tokenizer.Options.AddPrefixSpace);
        json.WriteNull("post_processor");
        json.WriteStartObject("decoder");
        PreTokenizerJson.WriteByteLevel(json, addPrefixSpace: true, useRegex: true);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var name in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
            json.WriteNull(name);
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", tokenizer.Options.IgnoreMerges || tokenizer.FromRanksAlone);
        var names = Names(tokenizer);
        json.WriteStartObject("vocab");
        for (var id = 0; id < tokenizer.MergedVocabularySize; id++)
            json.WriteNumber(names[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in tokenizer.Merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(names[left]);
            json.WriteStringValue(names[right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string[] Names(BpeTokenizer tokenizer)
    {
        var names = new string[tokenizer.VocabularySize];
        for (var id = 0; id < names.Length; id++)
            names[id] = ByteLevelAlphabet.Encode(tokenizer.TokenBytes(id));
        foreach (var token in tokenizer.Options.AddedTokens)
            names[token.Id] = token.Content;
        return names;
    }

    /// <summary>A merge is a pair of texts, or in older files one text with a space between them.</summary>
    private static (string Left, string Right) ReadMerge(JsonElement merge, int rank)
    {
        var parts = merge.ValueKind == JsonValueKind.String
            ? merge.GetString()!.Split(' ')
            : [.. merge.EnumerateArray().Select(part => part.GetString() ?? "")];
        return parts is [var left, var right]
            ? (left, right)
            : throw new InvalidDataException($"merge {rank} has {parts.Length} parts; it should have two.");
    }

    private static void Refuse(bool reason, string sentence)
    {
        if (reason)
            throw new InvalidDataException(sentence);
    }
}
