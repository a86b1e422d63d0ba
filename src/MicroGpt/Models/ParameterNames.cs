namespace MicroGpt.Models;

/// <summary>
/// The parameters' names in checkpoints: those of Hugging Face's Llama for models with rotary positions, those of GPT-2 in PyTorch,
/// which nanoGPT uses too, for the others.
/// </summary>
internal sealed record ParameterNames
{
    public const string Head = "lm_head.weight";

    // Only with learned positions:
    public const string PositionEmbedding = "transformer.wpe.weight";
    public const string AttentionQkv = "attn.c_attn";

    // Only with rotary ones:
    public const string AttentionQueries = "self_attn.q_proj";
    public const string AttentionKeys = "self_attn.k_proj";
    public const string AttentionValues = "self_attn.v_proj";

    private static readonly ParameterNames s_gpt2 = new()
    {
        TokenEmbedding = "transformer.wte.weight",
        EmbeddingNorm = "transformer.ln_e", // not in GPT-2
        FinalNorm = "transformer.ln_f",
        Blocks = "transformer.h",
        AttentionNorm = "ln_1",
        AttentionOutput = "attn.c_proj",
        MlpNorm = "ln_2",
        MlpGate = "mlp.c_gate", // not in GPT-2
        MlpHidden = "mlp.c_fc",
        MlpOutput = "mlp.c_proj",
    };

    private static readonly ParameterNames s_llama = new()
    {
        TokenEmbedding = "model.embed_tokens.weight",
        EmbeddingNorm = "model.embed_norm", // not in Llama
        FinalNorm = "model.norm",
        Blocks = "model.layers",
        AttentionNorm = "input_layernorm",
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
    public required string AttentionOutput { get; init; }
    public required string MlpNorm { get; init; }
    public required string MlpGate { get; init; }
    public required string MlpHidden { get; init; }
    public required string MlpOutput { get; init; }

    public static ParameterNames Of(GptConfig config) => config.Positions == PositionKind.Rotary ? s_llama : s_gpt2;

    public string Block(int layer) => $"{Blocks}.{layer}.";
}
