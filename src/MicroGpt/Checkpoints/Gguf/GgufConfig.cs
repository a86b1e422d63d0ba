using System.Buffers;
using System.Text.Json;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// A model's configuration in the metadata of a GGUF file. What the settings mean is known from transformers' <c>config.json</c>; here they
/// only get other names.
/// </summary>
internal static class GgufConfig
{
    private const string ArchitectureKey = "general.architecture";

    /// <summary>What of a configuration llama.cpp must know.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="metadata">Receives the names and values.</param>
    /// <returns>The kind of model.</returns>
    /// <exception cref="ArgumentException">llama.cpp runs no such model.</exception>
    public static GgufArchitecture Write(GptConfig config, IDictionary<string, object> metadata)
    {
        var kind = HuggingFaceModel.Of(config);
        var architecture = GgufArchitecture.Find(kind?.ModelType) ?? throw new ArgumentException(
            $"llama.cpp can't run this model. Those of the kinds {Names()} can be written as GGUF; this one (preset {config.Preset}) differs in a setting from all of them.");
        metadata.Add(ArchitectureKey, architecture.Name);
        using var json = JsonDocument.Parse(Json(json => kind!.Write(json, config, TensorType.F32, bos: null, eos: null)));
        foreach (var setting in architecture.Settings)
            if (json.RootElement.TryGetProperty(setting.Json, out var value))
                metadata.Add($"{architecture.Name}.{setting.Key}", setting.IsNumber ? value.GetSingle() : (object)value.GetUInt32());

        if (architecture.HasRotaryFactors) // they are a tensor
            config = config with { RotaryScaling = null };

        // What has no setting would be lost, and the model be another one.
        var again = Read(architecture, new GgufMetadata(metadata.ToDictionary()), config.VocabularySize, config.TiedHead);
        if (Comparable(again) != Comparable(config))
            throw new ArgumentException(
                $"llama.cpp's {architecture.Name} has no setting for something in this model (another activation, perhaps, or scaled positions), so it can't be written as GGUF.");
        return architecture;
    }

    /// <summary>The kind of model that a file holds.</summary>
    /// <exception cref="InvalidDataException">It can't be run here; the message is the end of a sentence.</exception>
    public static GgufArchitecture Architecture(GgufMetadata metadata) =>
        metadata.Text(ArchitectureKey) is not { } name
            ? throw new InvalidDataException($"it does not say {ArchitectureKey}")
            : GgufArchitecture.Find(name) ?? throw new InvalidDataException($"its architecture is {name}; those that can be run here are {Names()}");

    /// <summary>Reads a configuration.</summary>
    /// <param name="architecture">The kind of model.</param>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="vocabulary">How many rows the token embedding has.</param>
    /// <param name="tiedHead">Whether there is no head beside it.</param>
    /// <exception cref="InvalidDataException">The model can't be run here; the message is the end of a sentence.</exception>
    /// <exception cref="ArgumentException">Its sizes are impossible.</exception>
    public static GptConfig Read(GgufArchitecture architecture, GgufMetadata metadata, int vocabulary, bool tiedHead)
    {
        var scaling = metadata.Text($"{architecture.Name}.rope.scaling.type") ?? "none";
        if (scaling != "none")
            throw new InvalidDataException($"its rotary positions are scaled ({scaling}), which can't be computed here");
        var settings = new Dictionary<string, double>();
        foreach (var setting in architecture.Settings)
        {
            var key = $"{architecture.Name}.{setting.Key}";
            if (setting.IsOptional && !metadata.Has(key))
                continue;
            var value = setting.IsNumber ? metadata.Number(key) : metadata.Int(key);
            if (settings.TryGetValue(setting.Json, out var other) && other != value)
                throw new InvalidDataException($"its {key} is {value}, but what should be the same is {other}");
            settings[setting.Json] = value;
        }

        settings["vocab_size"] = vocabulary;
        if (settings.TryGetValue("hidden_size", out var width) && width % settings["num_attention_heads"] == 0)
            settings.TryAdd("head_dim", width / settings["num_attention_heads"]); // transformers would take 128 for Qwen3
        using var json = JsonDocument.Parse(Json(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in settings)
                json.WriteNumber(name, value);
            json.WriteBoolean("tie_word_embeddings", tiedHead);
            json.WriteEndObject();
        }));
        return HuggingFaceModel.All.First(kind => kind.ModelType == architecture.Name).Read(new JsonObjectReader(json.RootElement));
    }

    /// <summary>A configuration without what only matters to training, and with the numbers that single precision makes of its own.</summary>
    private static GptConfig Comparable(GptConfig config) => HuggingFaceModel.WithoutDefaults(config with
    {
        Preset = "",
        InitialDeviation = 0,
        ScaledResidualInitialization = false,
        RotaryTheta = (float)config.RotaryBase,
        NormEpsilon = (float)config.NormEpsilon,
    });

    private static string Names() => string.Join(", ", GgufArchitecture.All.Select(architecture => architecture.Name));

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return buffer.WrittenMemory;
    }
}
