using MicroGpt.Models;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>Files of llama.cpp and Ollama, for reading.</summary>
internal sealed class GgufFormat : IModelFormat
{
    public const string Suffix = ".gguf";

    public string Name => "a GGUF file";

    public bool Recognizes(string path)
    {
        if (!File.Exists(path))
            return false;
        if (path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
            return true;
        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> start = stackalloc byte[GgufHeader.Magic.Length];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(GgufHeader.Magic);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // not ours to say
        }
    }

    public StoredModel Open(string path, ImportOptions options)
    {
        if (options is not { Preset: null, Heads: null, Tokenizer: null })
            throw new ArgumentException($"{path} says itself what model it is and has its tokenizer in it: leave out --preset, --heads and --tokenizer.");
        var file = GgufFile.Open(path);
        var (config, mapping, tokenizer) = Description(file, path, options);
        return StoredModel.Create(config, file, mapping, tokenizer, path, options) with
        {
            ChatTemplate = tokenizer is null ? null : file.Metadata.Text(GgufTokenizer.ChatTemplate),
        };
    }

    private static (GptConfig Config, Func<IReadOnlyList<string>, TensorMapping> Mapping, ITokenizer? Tokenizer) Description(
        GgufFile file, string path, ImportOptions options)
    {
        try
        {
            return Read(file.Metadata, file.Entries, options, entry =>
            {
                var numbers = new float[entry.Shape.Count];
                file.Read(entry.Name, numbers);
                return numbers;
            });
        }
        catch (Exception exception)
        {
            file.Dispose();
            if (exception is InvalidDataException or ArgumentException)
                throw new InvalidDataException($"{path} can't be used: {exception.Message.TrimEnd('.')}.", exception);
            throw;
        }
    }

    /// <summary>Everything but the weights.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="tensors">What tensors it has.</param>
    /// <param name="options">Whether the tokenizer is wanted.</param>
    /// <param name="read">Reads a tensor that belongs to the configuration.</param>
    /// <exception cref="InvalidDataException">The model can't be run here, or its tokenizer not be followed; the message is the end of a sentence.</exception>
    /// <exception cref="ArgumentException">Its sizes are impossible.</exception>
    internal static (GptConfig Config, Func<IReadOnlyList<string>, TensorMapping> Mapping, ITokenizer? Tokenizer) Read(
        GgufMetadata metadata, IReadOnlyList<TensorEntry> tensors, ImportOptions options, Func<TensorEntry, float[]> read)
    {
        if (metadata.IntOrNull("split.count") is > 1 and var parts)
            throw new InvalidDataException($"it is one of {parts} parts. Put them together first: llama-gguf-split --merge");
        var architecture = GgufConfig.Architecture(metadata);
        if (tensors.FirstOrDefault(tensor => tensor.Name == GgufArchitecture.TokenEmbedding) is not { } embedding)
            throw new InvalidDataException($"it has no {GgufArchitecture.TokenEmbedding}");
        var config = GgufConfig.Read(architecture, metadata, embedding.Shape[0], tiedHead: tensors.All(tensor => tensor.Name != GgufArchitecture.Head));
        if (architecture.HasRotaryFactors && tensors.FirstOrDefault(tensor => tensor.Name == GgufRotaryFactors.Name) is { } factors)
        {
            if (factors.Shape.Count != config.HeadSize / 2)
                throw new InvalidDataException($"its {GgufRotaryFactors.Name} has {factors.Shape.Count} numbers; {config.HeadSize / 2} would fit heads of {config.HeadSize}");
            config = (config with { RotaryScaling = GgufRotaryFactors.Find(config, metadata, read(factors)) }).Validate();
        }

        return (config, parameters => architecture.FromFile(config, parameters), options.WithoutTokenizer ? null : GgufTokenizerReader.Read(metadata));
    }
}
