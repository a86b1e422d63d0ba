using System.Buffers;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary><c>tokenizer_config.json</c>, which names the tokens that <c>tokenizer.json</c> only lists, and may hold a chat template.</summary>
internal static class TokenizerConfigJson
{
    /// <exception cref="InvalidDataException">The content is not such a file.</exception>
    public static TokenizerConfig Read(ReadOnlyMemory<byte> content) =>
        JsonParts.Reading("tokenizer_config.json", () =>
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("its JSON is no object.");
            return new TokenizerConfig
            {
                NamesBos = root.TryGetProperty("bos_token", out _),
                BosToken = Name(root, "bos_token"),
                EosToken = Name(root, "eos_token"),
                PadToken = Name(root, "pad_token"),
                UnknownToken = Name(root, "unk_token"),
                ChatTemplate = ReadChatTemplate(root),
                AddedTokens = ReadAddedTokens(root),
            };
        });

    public static byte[] Write(ITokenizer tokenizer, string? chatTemplate)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonParts.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("bos_token", NameOf(tokenizer.BosId));
            json.WriteString("eos_token", NameOf(tokenizer.EosId));
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            if (chatTemplate is not null)
                json.WriteString("chat_template", chatTemplate);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();

        string? NameOf(int? id) => id is { } number ? tokenizer.SpecialTokens.FirstOrDefault(token => token.Value == number).Key ?? tokenizer.TokenText(number) : null;
    }

    /// <summary>A name, which some files write as an added token.</summary>
    private static string? Name(JsonElement root, string name) => root.Find(name) switch
    {
        { ValueKind: JsonValueKind.Object } token => token.Text("content"),
        { } text => text.GetString(),
        null => null,
    };

    /// <summary>A template, or a list of named ones, of which <c>default</c> is meant.</summary>
    private static string? ReadChatTemplate(JsonElement root) => root.Find("chat_template") switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray()
            .FirstOrDefault(template => template.Text("name") == "default").Text("template"),
        { } text => text.GetString(),
        null => null,
    };

    private static List<AddedToken> ReadAddedTokens(JsonElement root) =>
        root.Find("added_tokens_decoder") is { } tokens
            ? [.. tokens.EnumerateObject().Select(token => JsonParts.ReadAddedToken(
                token.Value, int.Parse(token.Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture)))]
            : [];
}
