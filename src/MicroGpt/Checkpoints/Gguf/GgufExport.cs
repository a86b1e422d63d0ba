using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>Files for llama.cpp and Ollama.</summary>
internal sealed class GgufExport : IExportFormat
{
    private const uint QuantizationVersion = 2; // of ggml's blocks

    public string Name => "gguf";

    public IReadOnlyList<string> Types { get; } = ["f32", "f16", "q8_0", "q4_0"];

    public void Write(StoredModel model, string path, string type, IProgress<long>? progress, CancellationToken cancellation)
    {
        var stored = Enum.Parse<GgmlType>(type, ignoreCase: true);
        var gpt = model.GptConfigFor("GGUF");
        var (config, weights) = gpt is { Bias: false, Positions: PositionKind.Learned }
            ? WithZeroBiases(gpt, model.Weights) // GPT-2's kind always has them there
            : (gpt, model.Weights);
        var metadata = new OrderedDictionary<string, object>();
        var architecture = GgufConfig.Write(config, metadata);
        metadata.Add("general.type", "model");
        metadata.Add("general.name", Path.GetFileNameWithoutExtension(path));
        metadata.Add("general.file_type", FileType(stored));
        metadata.Add("general.quantization_version", QuantizationVersion);
        GgufTokenizerWriter.Write(model.Tokenizer, config.VocabularySize, model.ChatTemplate, metadata);
        var tensors = architecture.ToFile(config, weights.Entries.Select(entry => entry.Name)).Apply(weights, shapes: null, path);
        if (config.RotaryScaling is { } scaling)
        {
            GgufRotaryFactors.Write(scaling, metadata);
            tensors = new AddedTensors(tensors, [(GgufRotaryFactors.Name, new Shape(config.HeadSize / 2), GgufRotaryFactors.Of(config, scaling))]);
        }

        GgufWriter.Write(path, metadata, tensors, entry => TypeOf(entry, stored, config.TiedHead), progress, cancellation);
    }

    /// <summary>A model without biases as one of the same kind with biases that are zero, which computes the same.</summary>
    private static (GptConfig Config, ITensorSource Weights) WithZeroBiases(GptConfig config, ITensorSource weights)
    {
        config = config with { Bias = true };
        var there = weights.Entries.Select(entry => entry.Name).ToHashSet();
        return (config, new AddedTensors(weights, [.. StoredModel.ParameterShapes(config)
            .Where(parameter => !there.Contains(parameter.Name))
            .Select(parameter => (parameter.Name, parameter.Shape, (float[]?)null))]));
    }

    /// <summary>
    /// What llama.cpp's conversion does: vectors, norms and positions stay as they are, and rows that can't be cut into blocks become F16. As
    /// <c>llama-quantize</c> does, the matrix that gives the scores gets more than four bits.
    /// </summary>
    private static GgmlType TypeOf(TensorEntry entry, GgmlType type, bool tiedHead)
    {
        if (entry.Shape.Rank == 1 || entry.Name == GgufArchitecture.PositionEmbedding || entry.Name.EndsWith("_norm.weight", StringComparison.Ordinal))
            return GgmlType.F32;
        if (type == GgmlType.Q4_0 && entry.Name == (tiedHead ? GgufArchitecture.TokenEmbedding : GgufArchitecture.Head))
            type = GgmlType.Q8_0;
        return entry.Shape.Last % type.BlockLength() == 0 ? type : GgmlType.F16;
    }

    /// <summary>llama.cpp's name for what most tensors are stored as (<c>llama_ftype</c>).</summary>
    private static uint FileType(GgmlType type) => type switch
    {
        GgmlType.F32 => 0,
        GgmlType.F16 => 1,
        GgmlType.Q4_0 => 2,
        _ => 7,
    };
}
