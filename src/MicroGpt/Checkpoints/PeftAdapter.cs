using System.Globalization;
using System.Text.Json;
using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// An adapter in a folder, as PEFT writes it (github.com/huggingface/peft): <c>adapter_config.json</c> and, with
/// <c>base_model.model.</c> before every name, <c>adapter_model.safetensors</c>.
/// </summary>
public static class PeftAdapter
{
    /// <summary>The configuration's file.</summary>
    public const string ConfigurationFile = "adapter_config.json";

    /// <summary>The weights' file.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";
    private const string StepKey = "step";
    private const int MostBytes = 1 << 20;

    private static readonly Dictionary<string, LoraBias> s_biases = new()
    {
        ["none"] = LoraBias.None,
        ["all"] = LoraBias.All,
        ["lora_only"] = LoraBias.LoraOnly,
    };

    /// <summary>Whether there is an adapter in a folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, WeightsFile));

    /// <summary>Deletes an adapter's weights, without which the rest is none.</summary>
    /// <exception cref="IOException">They can't be deleted.</exception>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(Path.Combine(folder, WeightsFile));
    }

    /// <summary>Writes an adapter, making the folder where there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="baseModel">Where the model is that it is for.</param>
    /// <param name="step">How many steps it was trained for.</param>
    /// <exception cref="IOException">It could not be written; a previous adapter's weights are untouched.</exception>
    public static void Save(string folder, LoraAdapter adapter, string baseModel, int step = 0)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        SaveDescription(folder, adapter, baseModel);
        SaveWeights(folder, adapter, step);
    }

    /// <summary>Reads an adapter for a model; set it as the model's <see cref="Gpt.Adapter"/> to use it.</summary>
    /// <exception cref="IOException">There is no adapter in the folder, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or for another model or other weights, or of a kind that can't be used; the message says which.</exception>
    public static LoraAdapter Load(string folder, Gpt model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (config, _) = ReadConfig(folder);
        BaseModel.Check(folder, model);
        LoraAdapter adapter;
        try
        {
            adapter = new LoraAdapter(model, config);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{folder} is an adapter for another model: {exception.Message}", exception);
        }

        using var file = SafeTensorsFile.Open(Path.Combine(folder, WeightsFile));
        var shapes = adapter.Values.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        var rules = new TensorMapping([.. shapes.Keys.Select(name => new TensorRule(name, new TensorPart(Prefix + name)))]);
        using var finite = new FiniteTensors(rules.Apply(file, shapes, file.Path), file.Path);
        finite.ReadInto(adapter.Values, file.Path);
        return adapter;
    }

    /// <summary>Where the model is that an adapter is for, as whoever wrote it said; null where nobody did.</summary>
    /// <exception cref="IOException">There is no adapter in the folder, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static string? BaseModelOf(string folder) => ReadConfig(folder).BaseModel;

    internal static int StepOf(string folder)
    {
        using var file = SafeTensorsFile.Open(Path.Combine(folder, WeightsFile));
        return file.Metadata.TryGetValue(StepKey, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var step) ? step : 0;
    }

    /// <summary>The description of a run's adapter, with the tokenizer that it learns with.</summary>
    internal static void SaveDescription(string folder, LoraAdapter adapter, string baseModel, ITokenizer tokenizer, string? chatTemplate)
    {
        SaveDescription(folder, adapter, baseModel);
        TokenizerFiles.Save(tokenizer, folder, chatTemplate);
    }

    internal static void SaveDescription(string folder, LoraAdapter adapter, string baseModel)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, ConfigurationFile), stream => WriteConfig(stream, adapter, baseModel));
        BaseModel.Save(folder, adapter.Model);
    }

    internal static void SaveWeights(string folder, LoraAdapter adapter, int step)
    {
        var values = new TensorsInMemory(adapter.Values);
        var rules = new TensorMapping([.. values.Entries.Select(entry => new TensorRule(Prefix + entry.Name, new TensorPart(entry.Name)))]);
        var path = Path.Combine(folder, WeightsFile);
        SafeTensorsWriter.Write(
            path, rules.Apply(values, shapes: null, path),
            new Dictionary<string, string> { ["format"] = "pt", [StepKey] = step.ToString(CultureInfo.InvariantCulture) });
    }

    private static void WriteConfig(Stream stream, LoraAdapter adapter, string baseModel)
    {
        var config = adapter.Config;
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("peft_type", "LORA");
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteString("base_model_name_or_path", baseModel);
        json.WriteNumber("r", config.Rank);
        json.WriteNumber("lora_alpha", config.Alpha);
        json.WriteNumber("lora_dropout", config.Dropout);
        json.WriteStartArray("target_modules");
        foreach (var name in adapter.TargetModules)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("bias", s_biases.Single(bias => bias.Value == config.Bias).Key);
        json.WriteBoolean("use_rslora", config.UseRsLora);
        json.WriteBoolean("use_dora", config.UseDora);
        json.WriteBoolean("fan_in_fan_out", HuggingFaceModel.Of(adapter.Model.Config) is HuggingFaceGpt2); // how transformers keeps these
        json.WriteNull("modules_to_save");
        json.WriteBoolean("init_lora_weights", true);
        json.WriteBoolean("inference_mode", true);
        json.WriteEndObject();
    }

    private static (LoraConfig Config, string? BaseModel) ReadConfig(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: there is no such folder.");
        var path = Path.Combine(folder, ConfigurationFile);
        if (!File.Exists(path) || !Exists(folder))
            throw new FileNotFoundException($"{folder} holds no adapter: {(File.Exists(path) ? WeightsFile : ConfigurationFile)} is missing.");
        if (new FileInfo(path).Length > MostBytes)
            throw new InvalidDataException($"{path} is larger than any adapter's configuration.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = new JsonObjectReader(document.RootElement);
            if (json.StringOrNull("peft_type") is var type and not "LORA")
                throw new InvalidDataException($"its peft_type is {type}; only LORA can be used");
            foreach (var name in (string[])["modules_to_save", "layers_to_transform", "target_parameters", "exclude_modules"])
                if (json.Has(name))
                    throw new InvalidDataException($"it has {name}, which can't be used here");
            foreach (var name in (string[])["rank_pattern", "alpha_pattern"])
                if (json.Object(name).Any)
                    throw new InvalidDataException($"it has a {name}, which can't be used here");
            var bias = json.StringOrNull("bias") ?? "none";
            var rank = json.IntOrNull("r") ?? 8;
            var config = new LoraConfig
            {
                Rank = rank,
                Alpha = json.DoubleOrNull("lora_alpha") ?? 8,
                UseRsLora = json.Bool("use_rslora", false),
                UseDora = json.Bool("use_dora", false),
                Dropout = json.DoubleOrNull("lora_dropout") ?? 0,
                TargetModules = json.StringsOrString("target_modules"),
                Bias = s_biases.TryGetValue(bias, out var known) ? known : throw new InvalidDataException($"its bias is {bias}; it can be {string.Join(", ", s_biases.Keys)}"),
            };
            return (config.Validate(), json.StringOrNull("base_model_name_or_path"));
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not of an adapter that can be used: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
