using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A model in files, opened but not read: its configuration, its weights under the names and in the shapes of <see cref="ILanguageModel.Parameters"/>,
/// and its tokenizer. From here it is loaded into memory or goes to files of another format, piece by piece.
/// </summary>
/// <param name="Config">What kind of model it is.</param>
/// <param name="Weights">Exactly the parameters of such a model, in their order.</param>
/// <param name="Tokenizer">Its tokenizer, or null where there is none with it.</param>
public sealed record StoredModel(ModelConfig Config, ITensorSource Weights, ITokenizer? Tokenizer) : IDisposable
{
    /// <summary>The Jinja template for conversations, or null for none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>How many steps it was trained for, as far as it is known; else 0.</summary>
    public int Step { get; init; }

    /// <summary>Puts a model together from the tensors of a file.</summary>
    /// <param name="config">What kind of model it is.</param>
    /// <param name="source">The file; the model's from now on, and disposed if there is no model.</param>
    /// <param name="mapping">Which tensors make which parameters, of the names that are given.</param>
    /// <param name="tokenizer">Its tokenizer, or null.</param>
    /// <param name="path">What to call the file in messages.</param>
    /// <param name="options">Whether numbers that are none are let through.</param>
    /// <exception cref="InvalidDataException">The file is of another model; the message lists everything that does not fit.</exception>
    public static StoredModel Create(
        ModelConfig config, ITensorSource source, Func<IReadOnlyList<string>, TensorMapping> mapping, ITokenizer? tokenizer, string path, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            // A configuration must not make us allocate more than the file beside it justifies.
            if (config.Depth > source.Entries.Count)
                throw new InvalidDataException(
                    $"{path} does not fit the model: it has {source.Entries.Count} tensors, too few for {config.Depth} layers.");
            var shapes = ParameterShapes(config);
            var weights = mapping([.. shapes.Select(parameter => parameter.Name)]).Apply(
                options.AllowNonFinite ? source : new FiniteTensors(source, path),
                shapes.ToDictionary(parameter => parameter.Name, parameter => parameter.Shape), path);
            CheckVocabulary(config, tokenizer, path);
            return new StoredModel(config, weights, tokenizer);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The names and shapes of a model's parameters, in their order, without the memory that they take.</summary>
    public static IReadOnlyList<(string Name, Shape Shape)> ParameterShapes(ModelConfig config)
    {
        using var device = Device.Cpu(threads: 1);
        using var meta = device.CreateMeta();
        return [.. config.Create(meta).Parameters.Select(parameter => (parameter.Name, parameter.Shape))];
    }

    /// <summary>Reads it into memory.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">A number is infinite or none.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public ILanguageModel Load(Device device)
    {
        var model = Config.Create(device);
        Weights.ReadInto(model.Parameters, "the file");
        return model;
    }

    /// <summary>The configuration, for a format that knows GPTs only.</summary>
    /// <param name="format">What a person calls the format.</param>
    /// <exception cref="ArgumentException">It is a model of another kind.</exception>
    internal GptConfig GptConfigFor(string format) => Config as GptConfig
        ?? throw new ArgumentException($"{format} has no form for a model of the preset {Config.Preset}, only for GPTs: write it as safetensors.");

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>Models may have more rows than tokens: a round number is faster on some machines.</summary>
    private static void CheckVocabulary(ModelConfig config, ITokenizer? tokenizer, string path)
    {
        if (tokenizer is not null && (tokenizer.VocabularySize > config.VocabularySize
            || (tokenizer is CharTokenizer && tokenizer.VocabularySize < config.VocabularySize)))
            throw new InvalidDataException(
                $"The tokenizer of {path} has {tokenizer.VocabularySize} tokens, but the model knows {config.VocabularySize}: the files are not of one checkpoint.");
    }
}
