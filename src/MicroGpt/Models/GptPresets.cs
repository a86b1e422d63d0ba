namespace MicroGpt.Models;

/// <summary>The configurations that have a name. Every number in them can be changed with a <c>with</c> expression.</summary>
public static class GptPresets
{
    /// <summary>The presets' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["microgpt", "gpt2", "llama"];

    /// <summary>The preset of that name, for a vocabulary.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static GptConfig Create(string name, int vocabularySize) => name switch
    {
        "microgpt" => Microgpt(vocabularySize),
        "gpt2" => Gpt2(vocabularySize),
        "llama" => Llama(vocabularySize),
        _ => throw new ArgumentException($"There is no preset \"{name}\"; there are {string.Join(", ", Names)}."),
    };

    /// <summary>
    /// Karpathy's microgpt.py: 4,192 parameters at 27 characters. RMSNorm without weights, also after the embedding but not
    /// before the head; ReLU; no biases; a head of its own.
    /// </summary>
    public static GptConfig Microgpt(int vocabularySize) => new()
    {
        Preset = "microgpt",
        VocabularySize = vocabularySize,
        ContextLength = 16,
        Layers = 1,
        Heads = 4,
        Width = 16,
        Norm = NormKind.RmsNorm,
        NormWeights = false,
        NormAfterEmbedding = true,
        FinalNorm = false,
        Activation = ActivationKind.Relu,
        Bias = false,
        TiedHead = false,
        InitialDeviation = 0.08,
        ScaledResidualInitialization = false,
    };

    /// <summary>GPT-2 (Radford et al. 2019), in its smallest published size: 124,439,808 parameters at 50,257 tokens.</summary>
    public static GptConfig Gpt2(int vocabularySize) => new()
    {
        Preset = "gpt2",
        VocabularySize = vocabularySize,
        ContextLength = 1024,
        Layers = 12,
        Heads = 12,
        Width = 768,
    };

    /// <summary>
    /// Llama (Touvron et al. 2023) in a size to train oneself, that of the smaller models in karpathy/llama2.c: 15,191,712 parameters
    /// at 32,000 tokens. Rotary positions, RMSNorm, SwiGLU, no biases, the head tied as in the small models of Llama 3.2.
    /// </summary>
    public static GptConfig Llama(int vocabularySize) => new()
    {
        Preset = "llama",
        VocabularySize = vocabularySize,
        ContextLength = 256,
        Layers = 6,
        Heads = 6,
        Width = 288,
        Positions = PositionKind.Rotary,
        Norm = NormKind.RmsNorm,
        Activation = ActivationKind.SwiGlu,
        Bias = false,
    };
}
