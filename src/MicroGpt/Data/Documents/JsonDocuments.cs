using System.Buffers;
using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Documents;

/// <summary>Reads documents from JSON: an object or a conversation a line, or, in a .json file, the elements of an array.</summary>
internal static class JsonDocuments
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 64 };

    public static IEnumerable<Document> Read(Stream stream, string name, DocumentReaderOptions options, BadRecords bad, bool mayBeArray)
    {
        var window = new ByteWindow(stream);
        RecordReader records = mayBeArray && JsonArrayReader.IsArray(window)
            ? new JsonArrayReader(window, name, options.LongestRecord)
            : new LineReader(window, options.LongestRecord);
        while (records.Next())
        {
            if (!bad.IsReadable(records, name) || (records is LineReader && Utf8Text.Trim(records.Record).IsEmpty))
                continue;
            if (Parse(records, name, options.Field, bad) is { } document)
                yield return document;
        }
    }

    /// <summary>The document in a JSON value; none where the text is empty or null, or the value is bad.</summary>
    private static Document? Parse(RecordReader record, string name, string? field, BadRecords bad)
    {
        try
        {
            var text = Text(record.Record, field ?? "text", mayBeConversation: field is null);
            if (text is null)
                return new Document(ConversationJson.Read(record.Record.ToArray()), name, record.Number);
            return text.Length == 0 ? null : new Document(text, name, record.Number);
        }
        catch (JsonException exception)
        {
            var reason = exception.Message.Split(" LineNumber:")[0];
            bad.Add(name, record.Place, $"damaged JSON (at byte {exception.BytePositionInLine:N0}): {reason}");
        }
        catch (InvalidDataException exception)
        {
            bad.Add(name, record.Place, exception.Message);
        }
        catch (InvalidOperationException)
        {
            bad.Add(name, record.Place, "half a surrogate pair (\\ud800 to \\udfff) stands alone in a string.");
        }

        return null;
    }

    /// <summary>The text in a JSON object; null where it is a conversation.</summary>
    private static byte[]? Text(ReadOnlySpan<byte> json, string field, bool mayBeConversation)
    {
        var reader = new Utf8JsonReader(json, s_options);
        reader.Read();
        if (mayBeConversation && reader.TokenType == JsonTokenType.StartArray)
            return null;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new InvalidDataException($"there is no JSON object, but {Name(reader.TokenType)}.");

        byte[]? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals(field);
            var isConversation = mayBeConversation && (reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("conversations"u8));
            reader.Read();
            if (isConversation && reader.TokenType == JsonTokenType.StartArray)
                return null;
            if (isText)
                text = reader.TokenType switch
                {
                    JsonTokenType.String => Unescape(ref reader),
                    JsonTokenType.Null => [],
                    var other => throw new InvalidDataException($"\"{field}\" is no text, but {Name(other)}."),
                };
            reader.Skip();
        }

        reader.Read(); // what follows the object is an error, and so is the end within it
        return text ?? throw new InvalidDataException($"there is no \"{field}\" in it; {Names(json)} Name one of them with --field.");
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan.ToArray();
        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return buffer[..reader.CopyString(buffer)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Name(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    /// <summary>The names of an object's first properties, for a message.</summary>
    private static string Names(ReadOnlySpan<byte> json)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(json, s_options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && names.Count <= Columns.MostNames)
        {
            names.Add(System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
            reader.Read();
            reader.Skip();
        }

        return Columns.List(names);
    }
}
