namespace MicroGpt.Models;

/// <summary>
/// The parameters' names in checkpoints: those of Hugging Face's Llama and Qwen3 for models with rotary positions, those of GPT-2 in
/// PyTorch, which nanoGPT uses too, for the others; nanochat's own for models with any of its extras.
/// </summary>
internal sealed record ParameterNames
{
    public const string Head = "lm_head.weight";
    public const string HeadBias = "lm_head.bias";

    // Only with learned positions:
    public const string PositionEmbedding = "transformer.wpe.weight";

    // Only with nanochat's extras:
    public const string ResidualScalars = "resid_lambdas";
    public const string FirstInputScalars = "x0_lambdas";
    public const string SmearGate = "smear_gate";
    public const string SmearScalar = "smear_lambda";
    public const string BackOutScalar = "backout_lambda";
    public const string ValueEmbeddings = "value_embeds";

    private static readonly ParameterNames s_gpt2 = new()
    {
        TokenEmbedding = "transformer.wte.weight",
        EmbeddingNorm = "transformer.ln_e", // not in GPT-2
        FinalNorm = "transformer.ln_f",
        Blocks = "transformer.h",
        AttentionNorm = "ln_1",
        AttentionQkv = "attn.c_attn",
        AttentionOutput = "attn.c_proj",
        MlpNorm = "ln_2",
        MlpGate = "mlp.c_gate", // not in GPT-2
        MlpHidden = "mlp.c_fc",
        MlpOutput = "mlp.c_proj",
    };

    private static readonly ParameterNames s_nanochat = s_gpt2 with
    {
        AttentionQueries = "attn.c_q",
        AttentionKeys = "attn.c_k",
        AttentionValues = "attn.c_v",
        AttentionValueGate = "attn.ve_gate",
        AttentionQueryNorm = "attn.q_norm", // without weights in nanochat
        AttentionKeyNorm = "attn.k_norm",
    };

    private static readonly ParameterNames s_llama = new()
    {
        TokenEmbedding = "model.embed_tokens.weight",
        EmbeddingNorm = "model.embed_norm", // not in Llama
        FinalNorm = "model.norm",
        Blocks = "model.layers",
        AttentionNorm = "input_layernorm",
        AttentionQueries = "self_attn.q_proj",
        AttentionKeys = "self_attn.k_proj",
        AttentionValues = "self_attn.v_proj",
        AttentionQueryNorm = "self_attn.q_norm", // in Qwen3
        AttentionKeyNorm = "self_attn.k_norm",
        AttentionOutput = "self_attn.o_proj",
        MlpNorm = "post_attention_layernorm",
        MlpGate = "mlp.gate_proj",
        MlpHidden = "mlp.up_proj",
        MlpOutput = "mlp.down_proj",
    };

    public required string TokenEmbedding { get; init; }
    public required string EmbeddingNorm { get; init; }
    public required string FinalNorm { get; init; }
    public required string Blocks { get; init; }

    // In a block:
    public required string AttentionNorm { get; init; }
    public string AttentionQkv { get; init; } = ""; // one matrix, or
    public string AttentionQueries { get; init; } = ""; // three with rotary positions
    public string AttentionKeys { get; init; } = "";
    public string AttentionValues { get; init; } = "";
    public string AttentionValueGate { get; init; } = "";
    public string AttentionQueryNorm { get; init; } = "";
    public string AttentionKeyNorm { get; init; } = "";
    public required string AttentionOutput { get; init; }
    public required string MlpNorm { get; init; }
    public required string MlpGate { get; init; }
    public required string MlpHidden { get; init; }
    public required string MlpOutput { get; init; }

    public static ParameterNames Of(GptConfig config) =>
        config.ValueEmbeddings || config.Smear || config.LayerScalars || config.BackOut ? s_nanochat
        : config.Positions == PositionKind.Rotary ? s_llama
        : s_gpt2;

    public string Block(int layer) => $"{Blocks}.{layer}.";
}
