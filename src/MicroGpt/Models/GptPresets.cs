namespace MicroGpt.Models;

/// <summary>The configurations that have a name. Every number in them can be changed with a <c>with</c> expression.</summary>
public static class GptPresets
{
    private const double FloatEpsilon = 1.1920928955078125e-07; // what PyTorch takes where none is said: the spacing of floats at 1

    private static readonly (string Name, Func<int, GptConfig> Create)[] s_presets =
    [
        ("microgpt", Microgpt),
        ("gpt2", Gpt2),
        ("gpt2-medium", vocabulary => Gpt2(vocabulary) with { Layers = 24, Heads = 16, Width = 1024 }),
        ("gpt2-large", vocabulary => Gpt2(vocabulary) with { Layers = 36, Heads = 20, Width = 1280 }),
        ("gpt2-xl", vocabulary => Gpt2(vocabulary) with { Layers = 48, Heads = 25, Width = 1600 }),
        ("llama", Llama),
        ("smollm2-135m", SmolLm2),
        ("qwen3-0.6b", Qwen3),
        ("nanochat", vocabulary => Nanochat(vocabulary)),
        ("microgpt-50m", Microgpt50M),
    ];

    /// <summary>The presets' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_presets.Select(preset => preset.Name)];

    /// <summary>The preset of that name, for a vocabulary.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static GptConfig Create(string name, int vocabularySize) =>
        s_presets.FirstOrDefault(preset => preset.Name == name).Create is { } create
            ? create(vocabularySize) with { Preset = name }
            : throw new ArgumentException($"There is no preset \"{name}\"; there are {string.Join(", ", Names)}.");

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

    /// <summary>
    /// SmolLM2 135M (Ben Allal et al. 2025), a Llama that is deep and narrow: 134,515,008 parameters at 49,152 tokens.
    /// </summary>
    public static GptConfig SmolLm2(int vocabularySize) => Llama(vocabularySize) with
    {
        Preset = "smollm2-135m",
        ContextLength = 8192,
        Layers = 30,
        Heads = 9,
        KeyValueHeads = 3,
        Width = 576,
        RotaryTheta = 100_000,
    };

    /// <summary>
    /// Qwen3 0.6B (Yang et al. 2025): a Llama with heads wider than its width divided by their number, and with queries and keys
    /// normalized head by head; 596,049,920 parameters at 151,936 tokens.
    /// </summary>
    public static GptConfig Qwen3(int vocabularySize) => Llama(vocabularySize) with
    {
        Preset = "qwen3-0.6b",
        ContextLength = 40960,
        Layers = 28,
        Heads = 16,
        KeyValueHeads = 8,
        HeadWidth = 128,
        Width = 1024,
        MlpWidth = 3072,
        RotaryTheta = 1_000_000,
        NormEpsilon = 1e-6,
        QkNorm = true,
    };

    /// <summary>
    /// karpathy/nanochat (commit 92d63d4, 2026): one dial, the depth, sets all sizes. Rotary positions turning backwards, RMSNorm without
    /// weights, normalized queries and keys, ReLU², short windows in three of four layers, value embeddings, smear, learned mixtures of the
    /// residual stream, back-out and soft-capped logits. 286,261,730 parameters at a depth of 12 and 32,768 tokens.
    /// </summary>
    /// <param name="vocabularySize">Tokens, V; the tables have rows up to a multiple of 64.</param>
    /// <param name="depth">Layers; the width is 64 times as much, up to a multiple of the head size.</param>
    /// <param name="headSize">Numbers a head: 128, or 64 in its run for a CPU, which has a depth of 6 and a context of 512.</param>
    /// <exception cref="ArgumentException">The depth or the head size is not positive, or too large.</exception>
    public static GptConfig Nanochat(int vocabularySize, int depth = 12, int headSize = 128)
    {
        if (depth is < 1 or > 10_000 || headSize is < 1 or > 65_536)
            throw new ArgumentException($"A depth of {depth} with heads of {headSize} can't be; try 12 and 128.");
        var heads = (depth * 64 + headSize - 1) / headSize;
        return new()
        {
            Preset = "nanochat",
            VocabularySize = vocabularySize,
            VocabularyMultiple = 64,
            ContextLength = 2048,
            Layers = depth,
            Heads = heads,
            Width = heads * headSize,
            Positions = PositionKind.Rotary,
            RotaryTheta = 100_000,
            RotaryReversed = true,
            QkNorm = true,
            QkScale = 1.2,
            WindowPattern = "SSSL",
            Norm = NormKind.RmsNorm,
            NormWeights = false,
            NormEpsilon = FloatEpsilon,
            NormAfterEmbedding = true,
            Activation = ActivationKind.ReluSquared,
            Bias = false,
            TiedHead = false,
            LogitSoftCap = 15,
            ValueEmbeddings = true,
            Smear = true,
            LayerScalars = true,
            BackOut = true,
            Initialization = InitializationKind.Nanochat,
        };
    }

    /// <summary>
    /// Zhenghong-Liu/MicroGPT (commit 8a583dd), a small Chinese chat model: 44,389,632 parameters at its 6,400 tokens. A Transformer as
    /// first published, but normalized beforehand: sinusoidal positions on a scaled embedding, exact GELU, biases everywhere.
    /// </summary>
    public static GptConfig Microgpt50M(int vocabularySize) => new()
    {
        Preset = "microgpt-50m",
        VocabularySize = vocabularySize,
        ContextLength = 512,
        Layers = 12,
        Heads = 8,
        Width = 512,
        Positions = PositionKind.Sinusoidal,
        ScaledEmbedding = true,
        Activation = ActivationKind.GeluErf,
        TiedHead = false,
        HeadBias = true,
    };
}
