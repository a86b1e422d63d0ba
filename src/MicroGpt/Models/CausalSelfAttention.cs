using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Attention: every position gathers from those before it.</summary>
internal sealed class CausalSelfAttention(GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary)
{
    private readonly QkvProjection _qkv = new(config, parameters, layer, rotary);

    private readonly LinearLayer _output = new(
        parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).AttentionOutput, config.Heads * config.HeadSize,
        config.Width, config.Bias, InitialWeights.Of(config).AttentionOutput);

    private readonly int? _window = config.Window(layer);
    private readonly double _scale = (config.QkScale ?? 1) * (config.QkScale ?? 1) / Math.Sqrt(config.HeadSize); // of queries and of keys

    public Tensor Forward(Tape tape, Tensor x, in BlockContext context, Tensor residual) // (B, T, C) → (B, T, C)
    {
        var qkv = _qkv.Forward(tape, x, context); // (B, T, (H + 2G)·D)
        var cache = context.Cache;
        var y = tape.CausalAttention(
            qkv, config.Heads, config.KeyValueHeadCount, cache?.Keys(layer), cache?.Values(layer), context.Past, _window, _scale);
        return _output.Forward(tape, y, residual);
    }
}
