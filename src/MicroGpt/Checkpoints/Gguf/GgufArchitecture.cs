using System.Text.RegularExpressions;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// A kind of model that llama.cpp runs and that is one of ours: what it calls the settings that transformers has in <c>config.json</c>,
/// and the tensors that we name as transformers does. The names are those of llama.cpp's conversion scripts and <c>gguf-py</c>.
/// </summary>
/// <param name="Name">What <c>general.architecture</c> says, which is transformers' model type too.</param>
/// <param name="Settings">A name in <c>config.json</c> and one in the metadata, behind the architecture's.</param>
/// <param name="Tensors">Our name and that in the file.</param>
/// <param name="BlockTensors">The same inside a block.</param>
internal sealed partial record GgufArchitecture(
    string Name,
    IReadOnlyList<GgufSetting> Settings,
    IReadOnlyList<(string Ours, string Theirs)> Tensors,
    IReadOnlyList<(string Ours, string Theirs)> BlockTensors)
{
    public const string TokenEmbedding = "token_embd.weight";
    public const string Head = "output.weight";
    public const string PositionEmbedding = "position_embd.weight";

    private static readonly GgufSetting[] s_llamaSettings =
    [
        new("max_position_embeddings", "context_length"),
        new("hidden_size", "embedding_length"),
        new("num_hidden_layers", "block_count"),
        new("intermediate_size", "feed_forward_length"),
        new("num_attention_heads", "attention.head_count"),
        new("num_key_value_heads", "attention.head_count_kv") { IsOptional = true },
        new("head_dim", "attention.key_length") { IsOptional = true },
        new("head_dim", "attention.value_length") { IsOptional = true },
        new("rope_theta", "rope.freq_base") { IsNumber = true, IsOptional = true },
        new("rms_norm_eps", "attention.layer_norm_rms_epsilon") { IsNumber = true },
    ];

    private static readonly (string, string)[] s_llamaTensors =
        [("model.embed_tokens.weight", TokenEmbedding), ("model.norm.weight", "output_norm.weight"), (ParameterNames.Head, Head)];

    private static readonly (string, string)[] s_llamaBlockTensors =
    [
        ("input_layernorm", "attn_norm"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("post_attention_layernorm", "ffn_norm"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
    ];

    private static readonly GgufArchitecture s_llama = new(
        "llama",
        [.. s_llamaSettings, new("head_dim", "rope.dimension_count") { IsOptional = true }, new("vocab_size", "vocab_size") { IsOptional = true }],
        s_llamaTensors,
        s_llamaBlockTensors)
    {
        TurnsNeighbours = true,
        HasRotaryFactors = true,
    };

    private static readonly GgufArchitecture s_qwen2 = new("qwen2", s_llamaSettings, s_llamaTensors, s_llamaBlockTensors);

    private static readonly GgufArchitecture s_qwen3 = new(
        "qwen3", s_llamaSettings, s_llamaTensors, [.. s_llamaBlockTensors, ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm")]);

    private static readonly GgufArchitecture s_gpt2 = new(
        "gpt2",
        [
            new("n_positions", "context_length"),
            new("n_embd", "embedding_length"),
            new("n_layer", "block_count"),
            new("n_inner", "feed_forward_length"),
            new("n_head", "attention.head_count"),
            new("layer_norm_epsilon", "attention.layer_norm_epsilon") { IsNumber = true },
        ],
        [
            ("transformer.wte.weight", TokenEmbedding),
            (ParameterNames.PositionEmbedding, PositionEmbedding),
            ("transformer.ln_f.weight", "output_norm.weight"),
            ("transformer.ln_f.bias", "output_norm.bias"),
            (ParameterNames.Head, Head),
        ],
        [
            ("ln_1", "attn_norm"),
            ("attn.c_attn", "attn_qkv"),
            ("attn.c_proj", "attn_output"),
            ("ln_2", "ffn_norm"),
            ("mlp.c_fc", "ffn_up"),
            ("mlp.c_proj", "ffn_down"),
        ]);

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<GgufArchitecture> All { get; } = [s_llama, s_qwen2, s_qwen3, s_gpt2];

    /// <summary>
    /// Whether rotary positions turn neighbours, numbers 2i and 2i + 1 of a head, and not numbers i and i + D/2 as everywhere else: queries
    /// and keys are stored in another order then, which gives the same scores.
    /// </summary>
    public bool TurnsNeighbours { get; init; }

    /// <summary>Whether a file may hold <see cref="GgufRotaryFactors"/>.</summary>
    public bool HasRotaryFactors { get; init; }

    /// <summary>The kind of that name, or null.</summary>
    public static GgufArchitecture? Find(string? name) => All.FirstOrDefault(architecture => architecture.Name == name);

    /// <summary>Which parameters make which tensors of the file.</summary>
    /// <exception cref="ArgumentException">llama.cpp has no tensor for one of them.</exception>
    public TensorMapping ToFile(GptConfig config, IEnumerable<string> parameters) => new([.. parameters.Select(ours => new TensorRule(
        NameInFile(ours) ?? throw new ArgumentException($"llama.cpp's {Name} has no tensor for {ours}: this model can't be written as GGUF."),
        new TensorPart(ours) { Row = IsTurned(ours) ? row => InHalves(row, config.HeadSize) : null }))]);

    /// <summary>Which tensors of the file make which parameters.</summary>
    public TensorMapping FromFile(GptConfig config, IEnumerable<string> parameters) => new([.. parameters.Select(ours => new TensorRule(
        ours, new TensorPart(NameInFile(ours) ?? ours) { Row = IsTurned(ours) ? row => InNeighbours(row, config.HeadSize) : null }))])
    {
        // A copy of a tied head, and what is in the configuration here.
        Ignores = name => (config.TiedHead && name == Head) || (HasRotaryFactors && name == GgufRotaryFactors.Name),
    };

    private string? NameInFile(string ours)
    {
        if (Tensors.FirstOrDefault(tensor => tensor.Ours == ours).Theirs is { } found)
            return found;
        var match = InBlock().Match(ours);
        return match.Success && BlockTensors.FirstOrDefault(tensor => tensor.Ours == match.Groups["name"].Value).Theirs is { } theirs
            ? $"blk.{match.Groups["layer"].Value}.{theirs}.{match.Groups["kind"].Value}"
            : null;
    }

    private bool IsTurned(string ours) =>
        TurnsNeighbours && NameInFile(ours) is { } theirs
        && (theirs.Contains(".attn_q.", StringComparison.Ordinal) || theirs.Contains(".attn_k.", StringComparison.Ordinal));

    /// <summary>Where a row that stands in neighbours' order is found in halves' order.</summary>
    private static int InHalves(int row, int headSize)
    {
        var (head, at) = Math.DivRem(row, headSize);
        var (pair, half) = Math.DivRem(at, 2);
        return head * headSize + half * (headSize / 2) + pair;
    }

    /// <summary>The other way round.</summary>
    private static int InNeighbours(int row, int headSize)
    {
        var (head, at) = Math.DivRem(row, headSize);
        var (half, pair) = Math.DivRem(at, headSize / 2);
        return head * headSize + 2 * pair + half;
    }

    [GeneratedRegex(@"^(model\.layers|transformer\.h)\.(?<layer>[0-9]+)\.(?<name>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex InBlock();
}

/// <summary>A setting of a model.</summary>
/// <param name="Json">Its name in <c>config.json</c>.</param>
/// <param name="Key">Its name in the metadata, behind the architecture's.</param>
internal sealed record GgufSetting(string Json, string Key)
{
    /// <summary>Whether it is a number in single precision; otherwise it is a count.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Whether files may leave it out, when it has its usual value.</summary>
    public bool IsOptional { get; init; }
}
