using System.Text.Json;
using System.Text.Json.Serialization;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints;

/// <summary><c>config.json</c>: which version of the checkpoint folder this is, and which model.</summary>
internal sealed record ConfigFile
{
    /// <summary>The version of the folder that this program writes and reads; it changes when an older program could not read it.</summary>
    public const int CurrentVersion = 1;

    public required int FormatVersion { get; init; }

    public required string ModelType { get; init; }

    public required GptConfig Model { get; init; }

    public static byte[] Write(GptConfig config) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ConfigFile { FormatVersion = CurrentVersion, ModelType = "microgpt", Model = config },
            CheckpointJson.Default.ConfigFile);

    public static GptConfig Read(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            // The version first: a later one may have a model that can't be read here.
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("format_version", out var version))
                throw new InvalidDataException($"{path} is not of a MicroGPT checkpoint: it has no format_version.");
            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != CurrentVersion)
                throw new InvalidDataException(
                    $"{path} is of version {(version.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "?" : version.GetRawText())} of the checkpoint folder; this program reads version {CurrentVersion}. Use the version of microgpt that wrote it.");
            var file = JsonSerializer.Deserialize(content, CheckpointJson.Default.ConfigFile)
                ?? throw new InvalidDataException($"{path} is damaged: it is empty.");
            return file.Model.Validate();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
    }
}

/// <summary>How the folder's JSON looks: names in snake_case, as Hugging Face has them.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    RespectNullableAnnotations = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigFile))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
