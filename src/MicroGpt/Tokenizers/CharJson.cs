using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// A character vocabulary in <c>tokenizer.json</c>: the library's word-level model behind a split into single characters, so that it
/// loads our files as they are.
/// </summary>
internal static class CharJson
{
    private const string AnyCharacter = @"[\s\S]";

    public static void Write(Utf8JsonWriter json, CharTokenizer tokenizer)
    {
        JsonParts.WriteAddedTokens(json, tokenizer.BosId is { } bos ? [new AddedToken(bos, CharTokenizer.BosToken)] : []);
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        JsonParts.WriteSplit(json, AnyCharacter);
        json.WriteEndObject();
        json.WriteNull("post_processor");
        json.WriteStartObject("decoder");
        json.WriteString("type", "Fuse");
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "WordLevel");
        json.WriteStartObject("vocab");
        for (var id = 0; id < tokenizer.Characters.Count; id++)
            json.WriteNumber(tokenizer.Characters[id], id);
        json.WriteEndObject();
        json.WriteString("unk_token", "<|unk|>"); // never in the vocabulary: unknown characters are an error
        json.WriteEndObject();
    }

    public static CharTokenizer Read(JsonElement root)
    {
        var vocabulary = root.GetProperty("model").GetProperty("vocab");
        var count = vocabulary.EnumerateObject().Count();
        var characters = new int[count];
        Array.Fill(characters, -1);
        foreach (var entry in vocabulary.EnumerateObject())
        {
            var id = entry.Value.GetInt32();
            if (Rune.DecodeFromUtf16(entry.Name, out var rune, out var length) != OperationStatus.Done || length != entry.Name.Length)
                throw new InvalidDataException($"the token \"{entry.Name}\" is not a single character.");
            if (id < 0 || id >= count || characters[id] >= 0)
                throw new InvalidDataException($"the {count} characters do not have the ids 0 to {count - 1}, each once.");
            characters[id] = rune.Value;
        }

        var bos = root.GetProperty("added_tokens").EnumerateArray()
            .Any(token => token.GetProperty("content").GetString() == CharTokenizer.BosToken);
        return new CharTokenizer(characters, bos);
    }
}
