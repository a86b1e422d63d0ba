using MicroGpt.Checkpoints.Gguf;
using MicroGpt.Checkpoints.PyTorch;

namespace MicroGpt.Checkpoints;

/// <summary>Opens models in any of the formats that are known.</summary>
public static class ModelImporter
{
    /// <summary>The formats, in the order in which they are tried.</summary>
    public static IReadOnlyList<IModelFormat> Formats { get; } = [new HuggingFaceFolder(), new TorchFormat(), new GgufFormat()];

    /// <summary>Opens a model, in whatever format it is.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="options">What the file does not say itself.</param>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">It is of no known format, or damaged.</exception>
    /// <exception cref="ArgumentException">An option is missing, or fits no such model.</exception>
    public static StoredModel Import(string path, ImportOptions? options = null)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file or folder.");
        var format = Formats.FirstOrDefault(format => format.Recognizes(path))
            ?? throw new InvalidDataException($"{path} is none of {string.Join(", ", Formats.Select(format => format.Name))}.");
        return format.Open(path, options ?? new ImportOptions());
    }

    /// <summary>Opens the tensors of a model under the names of its parameters, or those of a safetensors file as they are.</summary>
    /// <inheritdoc cref="Import"/>
    public static ITensorSource OpenTensors(string path) =>
        File.Exists(path) && path.EndsWith(".safetensors", StringComparison.Ordinal)
            ? SafeTensorsFile.Open(path)
            : Import(path, new ImportOptions { AllowNonFinite = true, WithoutTokenizer = true }).Weights;
}
