using System.Buffers;
using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Curriculum;

/// <summary>
/// Examples as lines of JSON: <c>{"text": …}</c> for documents and <c>{"messages": […]}</c> for conversations, a tool's call being a
/// block of Python within the reply. Those held out have <c>rule</c> and <c>accepted</c> beside them.
/// </summary>
internal static class ExampleJson
{
    /// <summary>A writer of lines into a buffer, to be used again and again.</summary>
    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> output) => new(output, ConversationJsonWriter.Options);

    /// <summary>Writes one line, without its end: a document, or the exchanges of one conversation.</summary>
    public static void Write(Utf8JsonWriter json, ISkill skill, IReadOnlyList<Example> exchanges, bool withScoring)
    {
        json.WriteStartObject();
        if (skill.IsText)
            json.WriteString("text"u8, exchanges[0].Reply.Text);
        else
            ConversationJsonWriter.WriteMessages(json, exchanges.SelectMany(exchange => (Message[])[new(Message.User, exchange.Prompt), exchange.Reply]));
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
            if (ConversationJson.Read(root).Messages is not [{ Role: Message.User } prompt, { Role: Message.Assistant } reply])
                throw new InvalidDataException("A held-out conversation has two messages, of a user and an assistant.");
            var rule = Rule(Text(root.GetProperty("rule"u8)));
            return new Example(prompt.Text, reply, rule, [.. root.GetProperty("accepted"u8).EnumerateArray().Select(Text)]);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>The rule of a name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ScoringRule Rule(string name) =>
        Enum.TryParse<ScoringRule>(name, ignoreCase: true, out var known) && Enum.IsDefined(known) && char.IsAsciiLetter(name[0])
            ? known
            : throw new InvalidDataException($"There is no scoring rule \"{name}\".");

    private static void WriteScoring(Utf8JsonWriter json, Example example)
    {
        json.WriteString("rule"u8, example.Rule.ToString().ToLowerInvariant());
        json.WriteStartArray("accepted"u8);
        foreach (var accepted in example.Accepted)
            json.WriteStringValue(accepted);
        json.WriteEndArray();
    }

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new InvalidDataException("Null stands where a text is needed.");
}
