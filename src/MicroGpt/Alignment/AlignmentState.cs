using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroGpt.Alignment;

/// <summary>What an alignment needs besides what every training keeps, to go on exactly where it was.</summary>
/// <param name="Options">How the model is aligned.</param>
/// <param name="Model">The folder of the model that it began with.</param>
/// <param name="ModelFingerprint">By which that model is known, where its weights are the reference; else null.</param>
internal sealed record AlignmentState(AlignmentOptions Options, string Model, string? ModelFingerprint)
{
    public string ToJson() => JsonSerializer.Serialize(this, AlignmentJson.Default.AlignmentState);

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static AlignmentState FromJson(string json)
    {
        try
        {
            var state = JsonSerializer.Deserialize(json, AlignmentJson.Default.AlignmentState) ?? throw new JsonException("There is none.");
            state.Options.Validate();
            return state;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"The run's settings are damaged: {exception.Message}", exception);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AlignmentState))]
internal sealed partial class AlignmentJson : JsonSerializerContext;
