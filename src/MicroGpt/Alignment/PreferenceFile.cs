using System.Text.Json;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>
/// Reads pairs of replies, one a line of JSON, in the forms in which they are published: the conversation as <c>messages</c>, or as
/// <c>prompt</c> (a text or messages), with <c>chosen</c> and <c>rejected</c> as texts or messages; or, without either, two whole conversations
/// that begin alike (TRL's explicit and implicit prompts).
/// </summary>
public static class PreferenceFile
{
    /// <summary>The longest line, in bytes.</summary>
    public const int LongestLine = 16 << 20;

    /// <summary>The pairs of a file.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">A line is no pair; the message says which and why.</exception>
    public static IEnumerable<PreferencePair> Read(string path)
    {
        using var file = TextFile.Open(path);
        var lines = new LineReader(new ByteWindow(file), LongestLine);
        while (lines.Next())
        {
            if (lines.IsTooLong)
                throw new InvalidDataException($"{path}: {lines.Place}: {BadRecords.TooLong(LongestLine)}");
            if (!Utf8Text.Trim(lines.Record).IsEmpty)
                yield return Parse(lines, path);
        }
    }

    private static PreferencePair Parse(LineReader lines, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(lines.Record.ToArray(), new JsonDocumentOptions { MaxDepth = 64 });
            return Parse(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {lines.Place}: this is no pair of replies. {exception.Message}", exception);
        }
    }

    private static PreferencePair Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("chosen"u8, out var chosen) || !json.TryGetProperty("rejected"u8, out var rejected))
            throw new InvalidDataException("It must be an object with \"chosen\" and \"rejected\".");
        var (better, worse) = (Messages(chosen, Message.Assistant), Messages(rejected, Message.Assistant));
        List<Message> prompt;
        if (json.TryGetProperty("messages"u8, out var messages) || json.TryGetProperty("prompt"u8, out messages))
        {
            prompt = Messages(messages, Message.User);
        }
        else
        {
            var shared = better.Zip(worse).TakeWhile(pair => IsSame(pair.First, pair.Second)).Count();
            (prompt, better, worse) = (better[..shared], better[shared..], worse[shared..]);
            if (shared == 0)
                throw new InvalidDataException("There is no \"messages\" or \"prompt\" that says what was asked, and the replies have no beginning in common.");
        }

        if (better.Count == 0 || worse.Count == 0)
            throw new InvalidDataException("One of the replies is empty.");
        var asked = new Conversation(prompt);
        if (asked.Messages[^1].Role == Message.Assistant)
            throw new InvalidDataException("The assistant has the last word before the replies; it must be the user's or a tool's.");
        foreach (var reply in (List<Message>[])[better, worse])
            if (new Conversation([.. prompt, .. reply]).Messages[prompt.Count].Role != Message.Assistant || reply[^1].Role != Message.Assistant)
                throw new InvalidDataException("A reply must be the assistant's.");
        return new PreferencePair(asked, better, worse);
    }

    /// <summary>A text as one message of a role, or a list of messages.</summary>
    private static List<Message> Messages(JsonElement json, string role) => json.ValueKind switch
    {
        JsonValueKind.String => [new Message(role, json.GetString()!)],
        JsonValueKind.Array => [.. json.EnumerateArray().Select((message, i) => ConversationJson.ReadMessage(message, i + 1))],
        _ => throw new InvalidDataException("The conversation and the replies must be texts or lists of messages."),
    };

    private static bool IsSame(Message a, Message b) => a.Role == b.Role && a.Parts.SequenceEqual(b.Parts);
}
