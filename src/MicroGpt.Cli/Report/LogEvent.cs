using System.Text.Json;

namespace MicroGpt.Cli.Report;

/// <summary>A line of a run's log.</summary>
/// <param name="Name">What happened.</param>
/// <param name="Step">After which step.</param>
/// <param name="Fields">The whole line.</param>
internal readonly record struct LogEvent(string Name, int Step, JsonElement Fields)
{
    /// <summary>Reads a line.</summary>
    /// <returns>The event, or null where it is none.</returns>
    public static LogEvent? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String
                && root.TryGetProperty("step", out var step) && step.ValueKind == JsonValueKind.Number && step.TryGetInt32(out var number) && number >= 0
                ? new LogEvent(name.GetString()!, number, root.Clone())
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // not JSON, or half a surrogate pair in it
        {
            return null;
        }
    }

    public double? Number(string name) =>
        Fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : null;

    public string? Text(string name) => Fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TextOf(value) : null;

    /// <summary>The fields that are texts, numbers or truth values, as texts.</summary>
    /// <param name="of">Of which object in the line, or null for the line itself.</param>
    public Dictionary<string, string> Scalars(string? of = null)
    {
        var (fields, found) = (Fields, new Dictionary<string, string>());
        if (of is not null && (!Fields.TryGetProperty(of, out fields) || fields.ValueKind != JsonValueKind.Object))
            return found;
        foreach (var field in fields.EnumerateObject())
            if (TextOf(field.Value) is { } text)
                found[field.Name] = text;
        return found;
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return null;
        }
    }
}
