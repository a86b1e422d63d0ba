using System.Buffers;
using System.Text.Json;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A kind of model that transformers knows by name, and that one of our configurations describes: how its <c>config.json</c> and the
/// names in its weights' files relate to ours.
/// </summary>
internal abstract class HuggingFaceModel
{
    private const string OwnKey = "microgpt"; // what transformers has no setting for, and ignores

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<HuggingFaceModel> All { get; } =
    [
        new HuggingFaceGpt2(),
        new HuggingFaceLlama("llama", "LlamaForCausalLM"),
        new HuggingFaceLlama("qwen2", "Qwen2ForCausalLM") { QkvBias = true },
        new HuggingFaceLlama("qwen3", "Qwen3ForCausalLM") { QkNorm = true, DefaultHeadWidth = 128 },
    ];

    /// <summary>What <c>model_type</c> says.</summary>
    public abstract string ModelType { get; }

    /// <summary>The class in transformers.</summary>
    public abstract string Architecture { get; }

    /// <summary>The kind that a configuration can be written as without losing anything, or null.</summary>
    public static HuggingFaceModel? Of(ModelConfig config) => config is GptConfig gpt ? All.FirstOrDefault(kind => kind.CanExpress(gpt)) : null;

    /// <summary>Which tensors of a file make which parameters.</summary>
    /// <param name="config">The model.</param>
    /// <param name="parameters">Its parameters' names.</param>
    /// <param name="names">The names in the file, some of which lack the prefix of a model with a head.</param>
    public abstract TensorMapping FromFile(GptConfig config, IEnumerable<string> parameters, IReadOnlyCollection<string> names);

    /// <summary>Which parameters make which tensors of a file.</summary>
    public abstract TensorMapping ToFile(IEnumerable<string> parameters);

    /// <summary>Reads <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is not of a model that can be run here; the message is the end of a sentence.</exception>
    /// <exception cref="ArgumentException">Its sizes are impossible.</exception>
    public GptConfig Read(JsonObjectReader json)
    {
        var config = ReadSizes(json);
        var own = json.Object(OwnKey);
        return WithoutDefaults((config with
        {
            Preset = own.StringOrNull("preset") ?? ModelType,
            InitialDeviation = json.DoubleOrNull("initializer_range") ?? config.InitialDeviation,
            ScaledResidualInitialization = own.Bool("scaled_residual_initialization", config.ScaledResidualInitialization),
        }).Validate());
    }

    /// <summary>Writes <c>config.json</c>.</summary>
    public void Write(Utf8JsonWriter json, GptConfig config, TensorType type, int? bos, int? eos)
    {
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue(Architecture);
        json.WriteEndArray();
        json.WriteString("model_type", ModelType);
        json.WriteString("torch_dtype", type switch
        {
            TensorType.F16 => "float16",
            TensorType.BF16 => "bfloat16",
            TensorType.F64 => "float64",
            _ => "float32",
        });
        json.WriteNumber("vocab_size", config.VocabularySize);
        WriteSizes(json, config);
        json.WriteNumber("initializer_range", config.InitialDeviation);
        json.WriteBoolean("tie_word_embeddings", config.TiedHead);
        json.WriteBoolean("use_cache", true);
        WriteId(json, "bos_token_id", bos);
        WriteId(json, "eos_token_id", eos);
        json.WriteNull("pad_token_id");
        json.WriteStartObject(OwnKey);
        json.WriteNumber("format_version", ConfigFile.CurrentVersion);
        json.WriteString("preset", config.Preset);
        json.WriteBoolean("scaled_residual_initialization", config.ScaledResidualInitialization);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes an id, or null for none: without it transformers would assume those of the published model.</summary>
    public static void WriteId(Utf8JsonWriter json, string name, int? id)
    {
        if (id is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    protected abstract GptConfig ReadSizes(JsonObjectReader json);

    protected abstract void WriteSizes(Utf8JsonWriter json, GptConfig config);

    /// <summary>A configuration in which what equals its default is left to it, so that equal models have equal configurations.</summary>
    public static GptConfig WithoutDefaults(GptConfig config)
    {
        if (config.MlpWidth == (config with { MlpWidth = null }).MlpHidden)
            config = config with { MlpWidth = null };
        if ((long?)config.HeadWidth * config.Heads == config.Width) // not where it is rounded: such heads would not divide the width
            config = config with { HeadWidth = null };
        if (config.QkvBias == config.Bias)
            config = config with { QkvBias = null };
        if (config.KeyValueHeads == (config with { KeyValueHeads = null }).KeyValueHeadCount)
            config = config with { KeyValueHeads = null };
        if (config.Positions != PositionKind.Rotary || config.RotaryTheta == (config with { RotaryTheta = null }).RotaryBase)
            config = config with { RotaryTheta = null };
        return config;
    }

    /// <summary>Whether the configuration is the same after writing and reading: whatever has no setting there would be lost.</summary>
    private bool CanExpress(GptConfig config)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, config, TensorType.F32, null, null);
        try
        {
            using var json = JsonDocument.Parse(buffer.WrittenMemory);
            return Read(new JsonObjectReader(json.RootElement)) == WithoutDefaults(config);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            return false; // a model of another kind, so written, is none of this one
        }
    }
}
