using System.Text.Json;

namespace MicroGpt.Checkpoints;

/// <summary>The settings in a JSON object, where a setting that is absent or null has a default.</summary>
/// <param name="json">The object.</param>
/// <remarks>Everything throws an <see cref="InvalidDataException"/> whose message is the end of a sentence about the file.</remarks>
internal readonly struct JsonObjectReader(JsonElement json)
{
    /// <summary>Whether there is such a setting.</summary>
    public bool Has(string name) => Find(name) is not null;

    public int Int(string name) => IntOrNull(name) ?? throw new InvalidDataException($"it does not say {name}");

    public int? IntOrNull(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw Wrong(name, "an integer");

    public double Double(string name) => DoubleOrNull(name) ?? throw new InvalidDataException($"it does not say {name}");

    public double? DoubleOrNull(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number
        : throw Wrong(name, "a number");

    public bool Bool(string name, bool otherwise) => Find(name)?.ValueKind switch
    {
        null => otherwise,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    public string? StringOrNull(string name)
    {
        if (Find(name) is not { } value)
            return null;
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a text");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "a text"); // half a surrogate pair
        }
    }

    /// <summary>Texts in an array, or a single one without it.</summary>
    public string[] StringsOrString(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } array)
            return StringOrNull(name) is { } text ? [text] : [];
        try
        {
            return [.. array.EnumerateArray().Select(item => item.GetString() ?? throw Wrong(name, "a list of texts"))];
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "a list of texts");
        }
    }

    /// <summary>Whether there is anything in this object.</summary>
    public bool Any => json.ValueKind == JsonValueKind.Object && json.EnumerateObject().Any();

    /// <summary>An object in this one; an empty one where there is none.</summary>
    public JsonObjectReader Object(string name) => Find(name) is not { } value ? default
        : value.ValueKind == JsonValueKind.Object ? new JsonObjectReader(value)
        : throw Wrong(name, "an object");

    /// <summary>Refuses a model that has a setting other than the one that is understood here.</summary>
    public void MustBe(string name, bool value)
    {
        if (Bool(name, value) != value)
            throw new InvalidDataException($"its {name} is {(value ? "false" : "true")}, which can't be run here");
    }

    private JsonElement? Find(string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static InvalidDataException Wrong(string name, string what) => new($"its {name} is not {what}");
}
