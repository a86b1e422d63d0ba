using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>The writing half of <see cref="ConversationJson"/>.</summary>
internal static class ConversationJsonWriter
{
    /// <summary>Chinese stays Chinese: the file is UTF-8 and no web page.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Conversation conversation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteMessages(json, conversation.Messages);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the property <c>messages</c>.</summary>
    public static void WriteMessages(Utf8JsonWriter json, IEnumerable<Message> messages)
    {
        json.WriteStartArray("messages");
        foreach (var message in messages)
            Write(json, message);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Message message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        if (message.Parts.Any(part => part is PythonPart))
            WriteParts(json, message);
        else
            json.WriteString("content", message.Text);
        if (message.Parts.Any(part => part is ToolCallPart))
            WriteCalls(json, message);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, Message message)
    {
        json.WriteStartArray("content");
        foreach (var part in message.Parts)
        {
            var (type, text) = part switch
            {
                TextPart said => ("text", said.Text),
                PythonPart python => ("python", python.Code),
                OutputPart output => ("python_output", output.Text),
                _ => (null, ""), // a call, which stands beside the content
            };
            if (type is null)
                continue;
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, Message message)
    {
        json.WriteStartArray("tool_calls");
        foreach (var call in message.Parts.OfType<ToolCallPart>())
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
