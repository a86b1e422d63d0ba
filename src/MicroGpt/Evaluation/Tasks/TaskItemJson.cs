using System.Text.Json;
using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>
/// The questions of a task as lines of JSON: CORE's <c>query, choices, gold</c>, <c>context_options, continuation, gold</c> and
/// <c>context, continuation</c>; and for generation <c>prompt, accepted, rule</c>, or what the curriculum holds out.
/// </summary>
internal static class TaskItemJson
{
    private const int MostLetters = 26;

    /// <summary>The kind that a line's properties are of; of the two with choices, <see cref="TaskKind.MultipleChoice"/>.</summary>
    /// <exception cref="InvalidDataException">They are of none.</exception>
    public static TaskKind KindOf(ReadOnlyMemory<byte> line) => Parse(line, json =>
        json.TryGetProperty("choices", out _) ? TaskKind.MultipleChoice
        : json.TryGetProperty("context_options", out _) ? TaskKind.Schema
        : json.TryGetProperty("continuation", out _) ? TaskKind.LanguageModeling
        : json.TryGetProperty("accepted", out _) ? TaskKind.Generation
        : throw new InvalidDataException("It has none of choices, context_options, continuation and accepted, by which the kind of a task is known."));

    /// <summary>A question of any kind but generation.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why.</exception>
    public static TaskItem ReadItem(ReadOnlyMemory<byte> line, TaskKind kind, long number) => Parse(line, json =>
    {
        TaskOption[] options = kind switch
        {
            TaskKind.MultipleChoice or TaskKind.Letters => [.. Texts(json, "choices").Select(choice => new TaskOption(Text(json, "query"), choice))],
            TaskKind.Schema => [.. Texts(json, "context_options").Select(context => new TaskOption(context, Text(json, "continuation")))],
            _ => [new TaskOption(Text(json, "context").Trim(), Text(json, "continuation"))],
        };
        if (options.Any(option => option.Continuation.Length == 0))
            throw new InvalidDataException("There is nothing to score: a choice or continuation is empty.");
        if (kind == TaskKind.LanguageModeling)
            return new TaskItem(options, 0, number);
        if (options.Length < 2 || (kind == TaskKind.Letters && options.Length > MostLetters))
            throw new InvalidDataException($"It has {options.Length} options; from 2 on there is a choice, and with letters up to {MostLetters}.");
        return json.TryGetProperty("gold", out var gold) && gold.TryGetInt32(out var right) && right >= 0 && right < options.Length
            ? new TaskItem(options, right, number)
            : throw new InvalidDataException($"Its gold, which says what is right, is not a number from 0 to {options.Length - 1}.");
    });

    /// <summary>A question of generation.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why.</exception>
    public static Example ReadQuestion(ReadOnlyMemory<byte> line) => Parse(line, json =>
    {
        if (json.TryGetProperty("messages", out _))
            return ExampleJson.Read(line);
        var accepted = Texts(json, "accepted");
        var rule = json.TryGetProperty("rule", out _) ? ExampleJson.Rule(Text(json, "rule")) : ScoringRule.Exact;
        return accepted.Length > 0 && rule != ScoringRule.BitsPerByte
            ? new Example(Text(json, "prompt"), new Message(Message.Assistant, accepted[0]), rule, accepted)
            : throw new InvalidDataException("It needs something that is accepted, and a rule for replies.");
    });

    private static T Parse<T>(ReadOnlyMemory<byte> line, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? read(json.RootElement)
                : throw new InvalidDataException("It is no JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new InvalidDataException($"It has no text {name}.");

    private static string[] Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var texts) && texts.ValueKind == JsonValueKind.Array && texts.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)
            ? [.. texts.EnumerateArray().Select(text => text.GetString()!)]
            : throw new InvalidDataException($"It has no list of texts {name}.");
}
