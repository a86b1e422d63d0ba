using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>One layer: attention, then an MLP, each behind a norm and beside a residual connection.</summary>
internal sealed class Block(
    GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary, LayerScalars? scalars)
{
    private readonly Norm _attentionNorm = new(config, parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).AttentionNorm);
    private readonly CausalSelfAttention _attention = new(config, parameters, layer, rotary);
    private readonly Norm _mlpNorm = new(config, parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).MlpNorm);
    private readonly Mlp _mlp = new(config, parameters, layer);

    public Tensor Forward(Tape tape, Tensor x, BlockContext context) // (B, T, C) → (B, T, C)
    {
        if (scalars is not null)
            x = scalars.Mix(tape, x, context.FirstInput, layer);
        x = _attention.Forward(tape, _attentionNorm.Forward(tape, x), context, residual: x);
        return _mlp.Forward(tape, _mlpNorm.Forward(tape, x), residual: x);
    }
}

/// <summary>What every layer of a forward pass sees besides its input.</summary>
/// <param name="Ids">The tokens, (B, T).</param>
/// <param name="FirstInput">The first layer's input, (B, T, C).</param>
/// <param name="Cache">Earlier positions, or null for none.</param>
internal readonly record struct BlockContext(Tensor Ids, Tensor FirstInput, KvCache? Cache)
{
    /// <summary>How many positions came before.</summary>
    public int Past => Cache?.Length ?? 0;
}
