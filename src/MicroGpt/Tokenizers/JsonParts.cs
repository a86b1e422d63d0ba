using System.Text.Encodings.Web;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>What the files of tokenizers have in common.</summary>
internal static class JsonParts
{
    /// <summary>Indented, and characters as they are: people look into these files.</summary>
    public static JsonWriterOptions WriterOptions { get; } =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a reader; whatever does not fit becomes a sentence.</summary>
    /// <exception cref="InvalidDataException">The content is not what the reader expects.</exception>
    public static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"it is not a {file}: {exception.Message}", exception);
        }
    }

    /// <summary>A property, or null where it is missing or null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>A truth value, or what stands for a missing one.</summary>
    public static bool Flag(this JsonElement element, string name, bool missing = false) => element.Find(name)?.GetBoolean() ?? missing;

    /// <summary>A text, or null.</summary>
    public static string? Text(this JsonElement element, string name) => element.Find(name)?.GetString();

    /// <summary>The tokens in <c>added_tokens</c>.</summary>
    public static List<AddedToken> ReadAddedTokens(JsonElement root) =>
        root.Find("added_tokens") is { } list
            ? [.. list.EnumerateArray().Select(token => ReadAddedToken(token, token.GetProperty("id").GetInt32()))]
            : [];

    /// <summary>An added token, whose id stands elsewhere in some files.</summary>
    public static AddedToken ReadAddedToken(JsonElement token, int id) =>
        new(id, token.GetProperty("content").GetString() ?? throw new InvalidDataException($"the added token {id} has no content."))
        {
            Special = token.Flag("special"),
            SingleWord = token.Flag("single_word"),
            LeftStrip = token.Flag("lstrip"),
            RightStrip = token.Flag("rstrip"),
            Normalized = token.Flag("normalized", missing: true),
        };

    /// <summary>Writes <c>added_tokens</c>.</summary>
    public static void WriteAddedTokens(Utf8JsonWriter json, IEnumerable<AddedToken> tokens)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in tokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", token.SingleWord);
            json.WriteBoolean("lstrip", token.LeftStrip);
            json.WriteBoolean("rstrip", token.RightStrip);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a <c>Split</c> that makes a piece of every match.</summary>
    public static void WriteSplit(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
    }
}
