using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Conversations as JSON. Read are the forms in which they are published: <c>{"messages": [{"role", "content"}, …]}</c> as OpenAI's
/// API has it, with tool calls; the bare list of messages; nanochat's parts (<c>text</c>, <c>python</c>, <c>python_output</c>) as content;
/// and ShareGPT's <c>{"conversations": [{"from", "value"}, …]}</c>. Written is the first, with nanochat's parts where there are any.
/// </summary>
public static class ConversationJson
{
    /// <summary>How deep the JSON may be nested.</summary>
    private const int MaxDepth = 64;

    private static readonly string[] s_lists = ["messages", "conversations"];

    /// <summary>Reads a conversation.</summary>
    /// <param name="utf8">One JSON value.</param>
    /// <exception cref="InvalidDataException">It is no JSON, or no conversation; the message says what is wrong.</exception>
    public static Conversation Read(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"This is not JSON: {exception.Message}", exception);
        }

        using (json)
            return Read(json.RootElement);
    }

    /// <summary>Reads a conversation that has been parsed as JSON.</summary>
    /// <exception cref="InvalidDataException">It is no conversation; the message says what is wrong.</exception>
    public static Conversation Read(JsonElement json)
    {
        try
        {
            if (Messages(json) is not { } list)
                throw new InvalidDataException("This is no conversation: it is neither a list of messages nor an object with \"messages\" or \"conversations\".");
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("tools", out var tools)
                && !(tools.ValueKind is JsonValueKind.Null || (tools.ValueKind is JsonValueKind.Array && tools.GetArrayLength() == 0)))
                throw new InvalidDataException("The conversation defines \"tools\", which can't be read; describe them in the system message instead.");
            var messages = new List<Message>(list.GetArrayLength());
            foreach (var item in list.EnumerateArray())
                messages.Add(ReadMessage(item, messages.Count + 1));
            return new Conversation(messages);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
        catch (InvalidOperationException exception) // half a surrogate pair, or bytes that are not UTF-8
        {
            throw new InvalidDataException("The conversation holds a string that is not Unicode text.", exception);
        }
    }

    /// <summary>Whether JSON has the form of a conversation, so that <see cref="Read(JsonElement)"/> would read it or say what is wrong.</summary>
    public static bool IsConversation(JsonElement json)
    {
        try
        {
            return Messages(json) is not null;
        }
        catch (InvalidOperationException) // a name that is not Unicode text
        {
            return false;
        }
    }

    /// <summary>Writes a conversation as one line of UTF-8, without the line's end.</summary>
    public static byte[] Write(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return ConversationJsonWriter.Write(conversation);
    }

    private static JsonElement? Messages(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            return json.GetArrayLength() > 0 && json[0].ValueKind == JsonValueKind.Object ? json : null;
        if (json.ValueKind == JsonValueKind.Object)
            foreach (var name in s_lists)
                if (json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
                    return list;
        return null;
    }

    internal static Message ReadMessage(JsonElement json, int number)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"Message {number} is not an object with a role and a content.");
        var name = String(json, "role") ?? String(json, "from") ?? throw new InvalidDataException($"Message {number} has no \"role\".");
        var role = Role(name) ?? throw new InvalidDataException(
            $"Message {number} has the role \"{Shorten(name)}\"; the roles are system, user, assistant and tool.");
        var hasContent = json.TryGetProperty("content", out var content) || json.TryGetProperty("value", out content);
        var hasCalls = json.TryGetProperty("tool_calls", out var calls) && calls.ValueKind != JsonValueKind.Null;
        if (!hasContent && !hasCalls)
            throw new InvalidDataException($"Message {number} has no \"content\".");

        var parts = new List<MessagePart>();
        switch (hasContent ? content.ValueKind : JsonValueKind.Null)
        {
            case JsonValueKind.String:
                parts.Add(new TextPart(content.GetString()!));
                break;
            case JsonValueKind.Array:
                foreach (var part in content.EnumerateArray())
                    parts.Add(ReadPart(part, number));
                break;
            case JsonValueKind.Null when hasCalls:
                break;
            default:
                throw new InvalidDataException($"Message {number} has a \"content\" that is neither text nor a list of parts.");
        }

        if (hasCalls)
            parts.AddRange(ReadCalls(calls, number));
        try
        {
            return new Message(role, parts);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"Message {number}: {exception.Message}", exception);
        }
    }

    /// <summary>The role that a name stands for, in OpenAI's words or ShareGPT's.</summary>
    private static string? Role(string name) => name switch
    {
        "system" or "developer" => Message.System,
        "user" or "human" => Message.User,
        "assistant" or "gpt" => Message.Assistant,
        "tool" or "observation" => Message.Tool,
        _ => null,
    };

    private static MessagePart ReadPart(JsonElement json, int number)
    {
        var type = json.ValueKind == JsonValueKind.Object ? String(json, "type") : null;
        var text = type is null ? null : String(json, "text");
        return (type, text) switch
        {
            (null, _) => throw new InvalidDataException($"Message {number} has a part without a \"type\"."),
            ("text", { }) => new TextPart(text),
            ("python", { }) => new PythonPart(text),
            ("python_output", { }) => new OutputPart(text),
            ("text" or "python" or "python_output", null) => throw new InvalidDataException($"Message {number} has a part of type \"{type}\" without a \"text\"."),
            _ => throw new InvalidDataException(
                $"Message {number} has a part of type \"{Shorten(type)}\"; those that can be read are text, python and python_output."),
        };
    }

    private static IEnumerable<ToolCallPart> ReadCalls(JsonElement calls, int number)
    {
        if (calls.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"Message {number} has \"tool_calls\" that are not a list.");
        foreach (var call in calls.EnumerateArray())
        {
            var function = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out var inner) ? inner : call;
            if (function.ValueKind != JsonValueKind.Object || String(function, "name") is not { } name
                || !function.TryGetProperty("arguments", out var arguments))
                throw new InvalidDataException($"Message {number} has a tool call without a \"name\" or \"arguments\".");
            yield return new ToolCallPart(name, arguments.ValueKind switch
            {
                JsonValueKind.String => arguments.GetString()!,
                JsonValueKind.Object => PythonJson.Write(arguments),
                _ => throw new InvalidDataException($"Message {number} has a tool call whose \"arguments\" are not an object."),
            });
        }
    }

    private static string? String(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
