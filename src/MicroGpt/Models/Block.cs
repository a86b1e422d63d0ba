using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>One layer: attention, then an MLP, each behind a norm and beside a residual connection.</summary>
internal sealed class Block(GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary)
{
    private readonly Norm _attentionNorm = new(config, parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).AttentionNorm);
    private readonly CausalSelfAttention _attention = new(config, parameters, layer, rotary);
    private readonly Norm _mlpNorm = new(config, parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).MlpNorm);
    private readonly Mlp _mlp = new(config, parameters, layer);

    public Tensor Forward(Tape tape, Tensor x, KvCache? cache) // (B, T, C) → (B, T, C)
    {
        x = _attention.Forward(tape, _attentionNorm.Forward(tape, x), cache, residual: x);
        return _mlp.Forward(tape, _mlpNorm.Forward(tape, x), residual: x);
    }
}
