using System.Text.Json;

namespace MicroGpt.Cli.Report;

/// <summary>
/// Scores as <c>microgpt eval --json</c> prints them: an object with a <c>score</c> is a score, whatever it is called and however deep it lies;
/// numbers under <c>bits_per_byte</c> and <c>perplexity</c> are what they say.
/// </summary>
internal static class ScoreFile
{
    /// <summary>The name of such a file in a checkpoint's folder; more of them have something between the name and its end.</summary>
    public const string Name = "scores.json";

    private static readonly (string Name, string Unit)[] s_measures = [("bits_per_byte", "bits a byte"), ("perplexity", "perplexity")];

    /// <summary>All scores in a folder.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static IReadOnlyList<ReportScore> ReadAll(string folder) =>
        [.. Directory.EnumerateFiles(folder, "scores*.json").Order(StringComparer.Ordinal).SelectMany(path => Read(File.ReadAllText(path), path))];

    /// <summary>The scores of a file.</summary>
    /// <param name="content">What is in it.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<ReportScore> Read(string content, string path)
    {
        var scores = new List<ReportScore>();
        try
        {
            using var json = JsonDocument.Parse(content);
            Collect(json.RootElement, "", null, scores);
            return scores;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} does not hold scores as microgpt eval --json prints them: {exception.Message}", exception);
        }
    }

    private static void Collect(JsonElement element, string name, string? unit, List<ReportScore> scores)
    {
        if (element.ValueKind == JsonValueKind.Number && unit is not null)
        {
            if (Number(element) is { } value)
                scores.Add(new ReportScore(name.Length > 0 ? name : "text", value, Unit: unit));
            return;
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (Field(element, "score") is { } score)
            scores.Add(new ReportScore(
                name.Length > 0 ? name : "all", score, Field(element, "low"), Field(element, "high"), Field(element, "count") is >= 0 and <= int.MaxValue and var count ? (int)count : null));
        foreach (var field in element.EnumerateObject())
        {
            var measure = s_measures.FirstOrDefault(measure => measure.Name == field.Name).Unit;
            var isGroup = measure is not null || (name.Length == 0 && field.Value.ValueKind == JsonValueKind.Object && Field(field.Value, "score") is null);
            Collect(field.Value, isGroup ? name : name.Length == 0 ? field.Name : $"{name}: {field.Name}", measure ?? unit, scores);
        }
    }

    private static double? Field(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Number(value) : null;

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
