using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MicroGpt.Data.Curriculum;

/// <summary>
/// Examples as lines of JSON: <c>{"text": …}</c> for documents and <c>{"messages": […]}</c> for conversations, whose parts are
/// written as nanochat writes them (<c>text</c>, <c>python</c> for a tool call, <c>python_output</c>). Those held out have
/// <c>rule</c> and <c>accepted</c> beside them.
/// </summary>
internal static class ExampleJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A writer of lines into a buffer, to be used again and again.</summary>
    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> output) => new(output, s_options);

    /// <summary>Writes one line, without its end: a document, or the exchanges of one conversation.</summary>
    public static void Write(Utf8JsonWriter json, ISkill skill, IReadOnlyList<Example> exchanges, bool withScoring)
    {
        json.WriteStartObject();
        if (skill.IsText)
        {
            json.WriteString("text"u8, exchanges[0].Reply.Text);
        }
        else
        {
            json.WriteStartArray("messages"u8);
            foreach (var exchange in exchanges)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, "user"u8);
                json.WriteString("content"u8, exchange.Prompt);
                json.WriteEndObject();
                WriteReply(json, exchange.Reply);
            }

            json.WriteEndArray();
        }

        if (withScoring && !skill.IsText)
            WriteScoring(json, exchanges[0]);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Reads a held-out line.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or not of a held-out example.</exception>
    public static Example Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.TryGetProperty("text"u8, out var text))
                return Example.OfDocument(Text(text));
            var messages = root.GetProperty("messages"u8);
            if (messages.GetArrayLength() != 2)
                throw new InvalidDataException("a held-out conversation has two messages, of a user and an assistant");
            var rule = Text(root.GetProperty("rule"u8));
            if (!Enum.TryParse<ScoringRule>(rule, ignoreCase: true, out var known) || !Enum.IsDefined(known) || char.IsAsciiDigit(rule[0]))
                throw new InvalidDataException($"there is no scoring rule \"{rule}\"");
            return new Example(
                Text(messages[0].GetProperty("content"u8)),
                ReadReply(messages[1].GetProperty("content"u8)),
                known,
                [.. root.GetProperty("accepted"u8).EnumerateArray().Select(Text)]);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static void WriteReply(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        if (reply.Parts is [{ Kind: ReplyPartKind.Text }])
        {
            json.WriteString("content"u8, reply.Text);
        }
        else
        {
            json.WriteStartArray("content"u8);
            foreach (var part in reply.Parts)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, part.Kind switch { ReplyPartKind.Call => "python", ReplyPartKind.Output => "python_output", _ => "text" });
                json.WriteString("text"u8, part.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteScoring(Utf8JsonWriter json, Example example)
    {
        json.WriteString("rule"u8, example.Rule.ToString().ToLowerInvariant());
        json.WriteStartArray("accepted"u8);
        foreach (var accepted in example.Accepted)
            json.WriteStringValue(accepted);
        json.WriteEndArray();
    }

    private static Reply ReadReply(JsonElement content) =>
        content.ValueKind == JsonValueKind.String
            ? Reply.OfText(Text(content))
            : new Reply([.. content.EnumerateArray().Select(part => new ReplyPart(
                Text(part.GetProperty("type"u8)) switch
                {
                    "text" => ReplyPartKind.Text,
                    "python" => ReplyPartKind.Call,
                    "python_output" => ReplyPartKind.Output,
                    var kind => throw new InvalidDataException($"there is no part of the kind \"{kind}\""),
                },
                Text(part.GetProperty("text"u8))))]);

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new InvalidDataException("null stands where a text is needed");
}
