using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// <c>tokenizer.json</c> as the Hugging Face tokenizers library writes it. A character vocabulary is its word-level model behind
/// a split into single characters, so that library loads our files as they are.
/// </summary>
public static class TokenizerJson
{
    private const string AnyCharacter = @"[\s\S]";

    /// <summary>The file's content.</summary>
    public static byte[] Write(CharTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            if (tokenizer.BosId is { } bos)
                WriteAddedToken(json, bos, CharTokenizer.BosToken);
            json.WriteEndArray();
            json.WriteNull("normalizer");
            json.WriteStartObject("pre_tokenizer");
            json.WriteString("type", "Split");
            json.WriteStartObject("pattern");
            json.WriteString("Regex", AnyCharacter);
            json.WriteEndObject();
            json.WriteString("behavior", "Isolated");
            json.WriteBoolean("invert", false);
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
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The content is not such a file.</exception>
    public static CharTokenizer Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var model = json.RootElement.GetProperty("model");
            if (model.GetProperty("type").GetString() != "WordLevel")
                throw new InvalidDataException($"it holds a {model.GetProperty("type").GetString()} model; only character vocabularies can be read.");

            var vocabulary = model.GetProperty("vocab");
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

            var bos = json.RootElement.GetProperty("added_tokens").EnumerateArray()
                .Any(token => token.GetProperty("content").GetString() == CharTokenizer.BosToken);
            return new CharTokenizer(characters, bos);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            throw new InvalidDataException("it is not a tokenizer.json: " + exception.Message, exception);
        }
    }

    private static void WriteAddedToken(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }
}
