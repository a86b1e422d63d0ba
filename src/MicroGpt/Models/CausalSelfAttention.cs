using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Attention: every position gathers from those before it.</summary>
internal sealed class CausalSelfAttention(GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary)
{
    private readonly QkvProjection _qkv = new(config, parameters, layer, rotary);

    private readonly LinearLayer _output = new(
        parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).AttentionOutput, config.Width, config.Width,
        config.Bias, InitialValue.ResidualGaussian);

    public Tensor Forward(Tape tape, Tensor x, KvCache? cache, Tensor residual) // (B, T, C) → (B, T, C)
    {
        var qkv = _qkv.Forward(tape, x, cache?.Length ?? 0); // (B, T, (H + 2G)·D)
        var y = cache is null
            ? tape.CausalAttention(qkv, config.Heads, config.KeyValueHeadCount)
            : tape.CausalAttention(
                qkv, config.Heads, config.KeyValueHeadCount, cache.Keys(layer), cache.Values(layer), cache.Length);
        return _output.Forward(tape, y, residual);
    }
}
