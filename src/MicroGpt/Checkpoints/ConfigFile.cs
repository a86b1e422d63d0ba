using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// <c>config.json</c>: which model this is. One that transformers knows is written as it writes it; one that it does not know has
/// the model type "microgpt", and all of its configuration, by our names, as "model".
/// </summary>
internal sealed record ConfigFile
{
    /// <summary>The version of the checkpoint folder that this program writes and reads; it changes when an older program could not read it.</summary>
    public const int CurrentVersion = 1;

    private const string OwnType = "microgpt";

    private static readonly JsonWriterOptions s_indented = new() { Indented = true };

    public required int FormatVersion { get; init; }

    public required string ModelType { get; init; }

    // One of these:
    public GptConfig? Model { get; init; }

    public RecurrentConfig? Recurrent { get; init; }

    public BigramConfig? Bigram { get; init; }

    public NeuralNgramConfig? NeuralNgram { get; init; }

    /// <summary>The file's content.</summary>
    /// <param name="config">The model.</param>
    /// <param name="tokenizer">Whose ids begin and end documents, or null.</param>
    /// <param name="type">What the weights are stored as.</param>
    public static byte[] Write(ModelConfig config, ITokenizer? tokenizer, TensorType type) =>
        HuggingFaceModel.Of(config) is { } kind
            ? Json(json => kind.Write(json, (GptConfig)config, type, tokenizer?.BosId, tokenizer?.EosId))
            : JsonSerializer.SerializeToUtf8Bytes(
                new ConfigFile
                {
                    FormatVersion = CurrentVersion,
                    ModelType = OwnType,
                    Model = config as GptConfig,
                    Recurrent = config as RecurrentConfig,
                    Bigram = config as BigramConfig,
                    NeuralNgram = config as NeuralNgramConfig,
                },
                CheckpointJson.Default.ConfigFile);

    /// <summary><c>generation_config.json</c>, from which transformers takes where a text ends.</summary>
    public static byte[] WriteGeneration(ITokenizer? tokenizer) => Json(json =>
    {
        json.WriteStartObject();
        HuggingFaceModel.WriteId(json, "bos_token_id", tokenizer?.BosId);
        HuggingFaceModel.WriteId(json, "eos_token_id", tokenizer?.EosId);
        json.WriteEndObject();
    });

    /// <summary>Reads a file.</summary>
    /// <returns>The configuration, and what transformers calls such a model; null for one whose weights have our names and shapes.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of a model that can't be run here; the message says why.</exception>
    public static (ModelConfig Config, HuggingFaceModel? Kind) Read(string path) => Read(File.ReadAllBytes(path), path);

    /// <inheritdoc cref="Read(string)"/>
    internal static (ModelConfig Config, HuggingFaceModel? Kind) Read(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var root = new JsonObjectReader(json.RootElement);
            var type = root.StringOrNull("model_type");
            if (HuggingFaceModel.All.FirstOrDefault(kind => kind.ModelType == type) is { } kind)
            {
                if (root.Object(OwnType).IntOrNull("format_version") is { } version and not CurrentVersion)
                    throw OtherVersion(path, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return (kind.Read(root), kind);
            }

            return (ReadOwn(content, json.RootElement, type, path), null);
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} is not of a model that can be used: {exception.Message}.", exception);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
    }

    private static ModelConfig ReadOwn(ReadOnlyMemory<byte> content, JsonElement root, string? type, string path)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format_version", out var version))
            throw new InvalidDataException(type is null
                ? $"{path} is not of a model: it has neither model_type nor format_version."
                : $"{path} is of a model of the type {type}; those that can be used are {string.Join(", ", HuggingFaceModel.All.Select(kind => kind.ModelType))} and {OwnType}.");
        // The version first: a later one may have a model that can't be read here.
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != CurrentVersion)
            throw OtherVersion(path, version.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "?" : version.GetRawText());
        var file = JsonSerializer.Deserialize(content.Span, CheckpointJson.Default.ConfigFile)
            ?? throw new InvalidDataException($"{path} is damaged: it is empty.");
        ModelConfig?[] models = [file.Model, file.Recurrent, file.Bigram, file.NeuralNgram];
        if (models.Count(model => model is not null) != 1)
            throw new InvalidDataException($"{path} is damaged: it does not describe one model.");
        return models.First(model => model is not null)!.Validate();
    }

    private static InvalidDataException OtherVersion(string path, string version) =>
        new($"{path} is of version {version} of the checkpoint folder; this program reads version {CurrentVersion}. Use the version of microgpt that wrote it.");

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_indented))
            write(json);
        return buffer.WrittenSpan.ToArray();
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
