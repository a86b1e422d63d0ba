using System.Globalization;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A model in a folder: <c>config.json</c>, <c>tokenizer.json</c> with <c>tokenizer_config.json</c>, and <c>model.safetensors</c>, in
/// Hugging Face's layout. All but the last never change during a run, so the moment in which that gets its name is the moment the
/// checkpoint is there.
/// </summary>
public static class ModelCheckpoint
{
    /// <summary>The weights' file.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>The configuration's file.</summary>
    public const string ConfigurationFile = "config.json";

    /// <summary>The tokenizer's file.</summary>
    public const string TokenizerFile = TokenizerFiles.TokenizerName;

    private const string StepKey = "step";

    /// <summary>Whether there is a checkpoint in a folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, WeightsFile));

    /// <summary>Writes configuration and tokenizer, making the folder where there is none.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void SaveDescription(string folder, Gpt model, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{folder}: the folder can't be made (permission denied).", exception);
        }

        AtomicFile.Write(Path.Combine(folder, ConfigurationFile), stream => stream.Write(ConfigFile.Write(model.Config)));
        AtomicFile.Write(Path.Combine(folder, TokenizerFiles.ConfigName), stream => stream.Write(TokenizerConfigJson.Write(tokenizer, chatTemplate: null)));
        AtomicFile.Write(Path.Combine(folder, TokenizerFile), stream => stream.Write(TokenizerJson.Write(tokenizer)));
    }

    /// <summary>Writes the weights.</summary>
    /// <param name="folder">The folder, with its description.</param>
    /// <param name="model">The model.</param>
    /// <param name="step">How many steps it was trained for.</param>
    /// <exception cref="IOException">They could not be written; the previous ones are untouched.</exception>
    public static void SaveWeights(string folder, Gpt model, int step)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensorsWriter.Write(
            Path.Combine(folder, WeightsFile), model.Parameters,
            new Dictionary<string, string> { ["format"] = "pt", [StepKey] = step.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Deletes a checkpoint's weights, without which the rest is none.</summary>
    /// <exception cref="IOException">They can't be deleted.</exception>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(Path.Combine(folder, WeightsFile));
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="IOException">There is no checkpoint in the folder, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or of another version; the message says which.</exception>
    public static LoadedModel Load(string folder, Device device)
    {
        var config = LoadConfig(folder);
        var path = Path.Combine(folder, TokenizerFile);
        var tokenizer = LoadTokenizer(path);
        if (tokenizer.VocabularySize != config.VocabularySize)
            throw new InvalidDataException(
                $"{path} has {tokenizer.VocabularySize} tokens, but the model knows {config.VocabularySize}: the files are not of one checkpoint.");

        using var weights = SafeTensorsFile.Open(Path.Combine(folder, WeightsFile));
        CheckSizes(config, weights);
        var model = new Gpt(config, device);
        weights.ReadInto(model.Parameters);
        var step = weights.Metadata.TryGetValue(StepKey, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
        return new LoadedModel(model, tokenizer, step);
    }

    private static ITokenizer LoadTokenizer(string path)
    {
        try
        {
            return TokenizerFiles.Load(path);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The checkpoint's tokenizer is damaged: {exception.Message}", exception);
        }
    }

    private static GptConfig LoadConfig(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: there is no such folder. Train a model first: microgpt train --out {folder}");
        foreach (var file in (string[])[WeightsFile, ConfigurationFile, TokenizerFile])
            if (!File.Exists(Path.Combine(folder, file)))
                throw new FileNotFoundException($"{folder} holds no checkpoint: {file} is missing.");
        return ConfigFile.Read(Path.Combine(folder, ConfigurationFile));
    }

    /// <summary>A configuration must not make us allocate more than the file beside it can fill.</summary>
    private static void CheckSizes(GptConfig config, SafeTensorsFile weights)
    {
        if (config.MatrixElements * sizeof(float) > new FileInfo(weights.Path).Length)
            throw new InvalidDataException(
                $"{weights.Path} is too small for the model in {ConfigurationFile}: the files are not of one checkpoint, or one is cut short.");
    }
}

/// <summary>A model with what it needs to read and write text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Step">How many steps it was trained for.</param>
public sealed record LoadedModel(Gpt Model, ITokenizer Tokenizer, int Step);
