using System.Globalization;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A model in a folder: <c>config.json</c> and <c>generation_config.json</c>, <c>tokenizer.json</c> with <c>tokenizer_config.json</c>, and
/// <c>model.safetensors</c>, in Hugging Face's layout. All but the last never change during a run, so the moment in which that gets
/// its name is the moment the checkpoint is there.
/// </summary>
public static class ModelCheckpoint
{
    /// <summary>The weights' file.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>The configuration's file.</summary>
    public const string ConfigurationFile = "config.json";

    /// <summary>The file that says where texts begin and end.</summary>
    public const string GenerationFile = "generation_config.json";

    /// <summary>The tokenizer's file.</summary>
    public const string TokenizerFile = TokenizerFiles.TokenizerName;

    private const string StepKey = "step";

    /// <summary>Whether there is a checkpoint in a folder.</summary>
    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, WeightsFile)) || File.Exists(Path.Combine(folder, ShardedSafeTensors.IndexFile));

    /// <summary>Whether transformers can load a model: whether it has a class for it.</summary>
    public static bool IsKnownElsewhere(ModelConfig config) => HuggingFaceModel.Of(config) is not null;

    /// <summary>Writes configuration and tokenizer, making the folder where there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="chatTemplate">The Jinja template for conversations, or null for none.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void SaveDescription(string folder, ILanguageModel model, ITokenizer tokenizer, string? chatTemplate = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        SaveDescription(folder, model.Config, tokenizer, chatTemplate, TensorType.F32);
    }

    /// <summary>Writes the weights.</summary>
    /// <param name="folder">The folder, with its description.</param>
    /// <param name="model">The model.</param>
    /// <param name="step">How many steps it was trained for.</param>
    /// <exception cref="IOException">They could not be written; the previous ones are untouched.</exception>
    public static void SaveWeights(string folder, ILanguageModel model, int step)
    {
        ArgumentNullException.ThrowIfNull(model);
        SaveWeights(folder, model.Config, new TensorsInMemory(model.Parameters), step);
    }

    /// <summary>Writes a whole checkpoint, over one that may be there, without having the model in memory.</summary>
    /// <param name="folder">The folder, which is made where there is none.</param>
    /// <param name="model">The model.</param>
    /// <param name="type">How to store the weights: F32, F16 or BF16; null for how they are stored now.</param>
    /// <param name="progress">Is told how many numbers are written.</param>
    /// <param name="cancellation">Ends it; the folder then holds no checkpoint.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="InvalidDataException">The model is damaged, or has a number that the type can't hold.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Save(
        string folder, StoredModel model, TensorType? type = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Delete(folder);
        SaveDescription(folder, model.Config, model.Tokenizer, model.ChatTemplate, type ?? model.Weights.Entries[0].Type);
        SaveWeights(folder, model.Config, model.Weights, model.Step, type, progress, cancellation);
    }

    /// <summary>Deletes a checkpoint's weights, without which the rest is none.</summary>
    /// <exception cref="IOException">They can't be deleted.</exception>
    public static void Delete(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        File.Delete(Path.Combine(folder, WeightsFile));
        File.Delete(Path.Combine(folder, ShardedSafeTensors.IndexFile));
    }

    /// <summary>Reads a model into memory; from an adapter's folder, the model that it is for, with the adapter.</summary>
    /// <exception cref="IOException">There is no checkpoint in the folder, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or of another version; the message says which.</exception>
    public static LoadedModel Load(string folder, Device device)
    {
        if (PeftAdapter.Exists(folder) && !Exists(folder))
            return LoadAdapted(folder, device);
        using var stored = Open(folder);
        return new LoadedModel(
            stored.Load(device),
            stored.Tokenizer ?? throw new FileNotFoundException($"{folder} holds no checkpoint: {TokenizerFile} is missing."),
            stored.Step)
        {
            Folder = folder,
            ChatTemplate = stored.ChatTemplate,
        };
    }

    private static LoadedModel LoadAdapted(string folder, Device device)
    {
        var named = PeftAdapter.BaseModelOf(folder) ?? throw new InvalidDataException($"{folder} is an adapter that does not say for which model.");
        var place = Directory.Exists(named) ? named : Path.Combine(folder, named);
        if (!Exists(place))
            throw new FileNotFoundException($"{folder} is an adapter for the model {named}, which is not there. Put it there, or its place into {PeftAdapter.ConfigurationFile}.");
        var loaded = Load(place, device);
        if (loaded.Model is not Gpt model)
            throw new InvalidDataException($"{folder} is an adapter for {named}, which is no GPT.");
        model.Adapter = PeftAdapter.Load(folder, model);
        var withTokenizer = TokenizerFiles.Exists(folder);
        return loaded with
        {
            Tokenizer = withTokenizer ? LoadTokenizer(folder) : loaded.Tokenizer,
            ChatTemplate = withTokenizer ? TokenizerFiles.LoadConfig(folder).ChatTemplate : loaded.ChatTemplate,
            Step = PeftAdapter.StepOf(folder),
        };
    }

    /// <summary>Opens a model, of this library or of transformers, without reading its weights.</summary>
    /// <exception cref="IOException">There is no checkpoint in the folder, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or of a model that can't be run here; the message says which and why.</exception>
    public static StoredModel Open(string folder, ImportOptions? options = null)
    {
        options ??= new ImportOptions();
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: there is no such folder. Train a model first: microgpt train --out {folder}");
        if (!Exists(folder))
            throw new FileNotFoundException($"{folder} holds no checkpoint: {WeightsFile} is missing.");
        if (!File.Exists(Path.Combine(folder, ConfigurationFile)))
            throw new FileNotFoundException($"{folder} holds no checkpoint: {ConfigurationFile} is missing.");

        var (config, kind) = ConfigFile.Read(Path.Combine(folder, ConfigurationFile));
        var hasTokenizer = !options.WithoutTokenizer && TokenizerFiles.Exists(folder);
        var tokenizer = hasTokenizer ? LoadTokenizer(folder) : null;
        var path = Path.Combine(folder, WeightsFile);
        var step = 0;
        ITensorSource source;
        if (File.Exists(path))
        {
            var file = SafeTensorsFile.Open(path);
            _ = file.Metadata.TryGetValue(StepKey, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out step);
            source = file;
        }
        else
        {
            path = Path.Combine(folder, ShardedSafeTensors.IndexFile);
            source = ShardedSafeTensors.Open(path);
        }

        return StoredModel.Create(config, source, Mapping, tokenizer, path, options) with
        {
            Step = step,
            ChatTemplate = hasTokenizer ? TokenizerFiles.LoadConfig(folder).ChatTemplate : null,
        };

        TensorMapping Mapping(IReadOnlyList<string> parameters) =>
            kind?.FromFile((GptConfig)config, parameters, [.. source.Entries.Select(entry => entry.Name)]) ?? TensorMapping.Same(parameters);
    }

    private static ITokenizer LoadTokenizer(string folder)
    {
        try
        {
            return TokenizerFiles.Load(folder);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The checkpoint's tokenizer can't be used: {exception.Message}", exception);
        }
    }

    private static void SaveDescription(string folder, ModelConfig config, ITokenizer? tokenizer, string? chatTemplate, TensorType type)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{folder}: the folder can't be made (permission denied).", exception);
        }

        Write(ConfigurationFile, ConfigFile.Write(config, tokenizer, type));
        Write(GenerationFile, ConfigFile.WriteGeneration(tokenizer));
        if (tokenizer is null)
            return;
        Write(TokenizerFiles.ConfigName, TokenizerConfigJson.Write(tokenizer, chatTemplate));
        Write(TokenizerFile, TokenizerJson.Write(tokenizer));

        void Write(string name, byte[] content) => AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
    }

    private static void SaveWeights(
        string folder, ModelConfig config, ITensorSource parameters, int step, TensorType? type = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var path = Path.Combine(folder, WeightsFile);
        var inFile = HuggingFaceModel.Of(config) is { } kind
            ? kind.ToFile(parameters.Entries.Select(entry => entry.Name)).Apply(parameters, shapes: null, path)
            : parameters;
        SafeTensorsWriter.Write(
            path, inFile, new Dictionary<string, string> { ["format"] = "pt", [StepKey] = step.ToString(CultureInfo.InvariantCulture) },
            type, progress, cancellation);
    }
}

/// <summary>A model with what it needs to read and write text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Step">How many steps it was trained for.</param>
public sealed record LoadedModel(ILanguageModel Model, ITokenizer Tokenizer, int Step)
{
    /// <summary>Where its weights are.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The Jinja template for conversations, or null for none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The adapter in use, or null for none.</summary>
    public LoraAdapter? Adapter => (Model as Gpt)?.Adapter;
}
