using System.Text.Json;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Llama, which SmolLM2 and many others are too, and its relatives: Qwen2, whose queries, keys and values have biases, and Qwen3, which
/// normalizes queries and keys. Their names are ours.
/// </summary>
internal sealed class HuggingFaceLlama(string modelType, string architecture) : HuggingFaceModel
{
    private const string Prefix = "model.";
    private const string Llama3Scaling = "llama3";

    public override string ModelType => modelType;

    public override string Architecture => architecture;

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QkvBias { get; init; }

    /// <summary>Whether queries and keys are normalized head by head.</summary>
    public bool QkNorm { get; init; }

    /// <summary>How wide a head is where the file does not say it; null for the width divided by the heads.</summary>
    public int? DefaultHeadWidth { get; init; }

    public override TensorMapping FromFile(GptConfig config, IEnumerable<string> parameters, IReadOnlyCollection<string> names)
    {
        var prefix = names.Contains("embed_tokens.weight") ? "" : Prefix; // a file of the model without its head has none
        return new TensorMapping([.. parameters.Select(name => new TensorRule(name, new TensorPart(InFile(name))))])
        {
            // Angles that are computed here, and a head that is the embedding once more.
            Ignores = name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (config.TiedHead && name == ParameterNames.Head),
        };

        string InFile(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? prefix + name[Prefix.Length..] : name;
    }

    public override TensorMapping ToFile(IEnumerable<string> parameters) => TensorMapping.Same(parameters);

    protected override GptConfig ReadSizes(JsonObjectReader json)
    {
        json.MustBe("attention_bias", false);
        json.MustBe("mlp_bias", false);
        json.MustBe("use_sliding_window", false);
        if ((json.StringOrNull("hidden_act") ?? "silu") is var activation and not "silu")
            throw new InvalidDataException($"its hidden_act {activation} is not known here");
        return GptPresets.Llama(json.Int("vocab_size")) with
        {
            ContextLength = json.IntOrNull("max_position_embeddings") ?? 2048,
            Layers = json.Int("num_hidden_layers"),
            Heads = json.Int("num_attention_heads"),
            KeyValueHeads = json.IntOrNull("num_key_value_heads"),
            HeadWidth = json.IntOrNull("head_dim") ?? DefaultHeadWidth,
            Width = json.Int("hidden_size"),
            MlpWidth = json.Int("intermediate_size"),
            RotaryTheta = json.Object("rope_parameters").DoubleOrNull("rope_theta") ?? json.DoubleOrNull("rope_theta"),
            RotaryScaling = ReadScaling(json),
            QkNorm = QkNorm,
            QkvBias = QkvBias,
            NormEpsilon = json.DoubleOrNull("rms_norm_eps") ?? 1e-6,
            TiedHead = json.Bool("tie_word_embeddings", false),
        };
    }

    protected override void WriteSizes(Utf8JsonWriter json, GptConfig config)
    {
        json.WriteNumber("max_position_embeddings", config.ContextLength);
        json.WriteNumber("hidden_size", config.Width);
        json.WriteNumber("intermediate_size", config.MlpHidden);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeadCount);
        json.WriteNumber("head_dim", config.HeadSize);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        json.WriteNumber("rope_theta", config.RotaryBase);
        WriteScaling(json, config.RotaryScaling);
        json.WriteBoolean("attention_bias", false);
        json.WriteNumber("attention_dropout", 0);
        json.WriteBoolean("mlp_bias", false);
        json.WriteBoolean("use_sliding_window", false);
    }

    /// <summary>Where transformers 5 has <c>rope_parameters</c>, earlier versions have <c>rope_theta</c> and <c>rope_scaling</c>.</summary>
    private static RotaryScaling? ReadScaling(JsonObjectReader json)
    {
        foreach (var scaling in (JsonObjectReader[])[json.Object("rope_parameters"), json.Object("rope_scaling")])
            switch (scaling.StringOrNull("rope_type") ?? scaling.StringOrNull("type"))
            {
                case null or "default":
                    break;
                case Llama3Scaling:
                    return new RotaryScaling(
                        scaling.Double("factor"), scaling.Double("low_freq_factor"), scaling.Double("high_freq_factor"),
                        scaling.Int("original_max_position_embeddings"));
                case var kind:
                    throw new InvalidDataException($"its rotary positions are of the kind {kind}, which can't be computed here");
            }

        return null;
    }

    private static void WriteScaling(Utf8JsonWriter json, RotaryScaling? scaling)
    {
        if (scaling is null)
        {
            json.WriteNull("rope_scaling");
            return;
        }

        json.WriteStartObject("rope_scaling");
        json.WriteString("rope_type", Llama3Scaling);
        json.WriteNumber("factor", scaling.Factor);
        json.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
        json.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
        json.WriteNumber("original_max_position_embeddings", scaling.OriginalContext);
        json.WriteEndObject();
    }
}
