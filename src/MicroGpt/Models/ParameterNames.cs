namespace MicroGpt.Models;

/// <summary>The parameters' names in checkpoints: those of GPT-2 in PyTorch, which nanoGPT uses too.</summary>
internal static class ParameterNames
{
    public const string TokenEmbedding = "transformer.wte.weight";
    public const string PositionEmbedding = "transformer.wpe.weight";
    public const string EmbeddingNorm = "transformer.ln_e"; // not in GPT-2
    public const string FinalNorm = "transformer.ln_f";
    public const string Head = "lm_head.weight";

    public static string Block(int layer) => $"transformer.h.{layer}.";

    public const string AttentionNorm = "ln_1";
    public const string AttentionQkv = "attn.c_attn";
    public const string AttentionOutput = "attn.c_proj";
    public const string MlpNorm = "ln_2";
    public const string MlpHidden = "mlp.c_fc";
    public const string MlpOutput = "mlp.c_proj";
}
