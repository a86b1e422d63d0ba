using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Attention: every position gathers from those before it. Queries, keys and values come from one product.</summary>
internal sealed class CausalSelfAttention
{
    private readonly GptConfig _config;
    private readonly int _layer;
    private readonly LinearLayer _qkv;
    private readonly LinearLayer _output;

    public CausalSelfAttention(GptConfig config, ParameterFactory parameters, int layer)
    {
        _config = config;
        _layer = layer;
        var name = ParameterNames.Block(layer);
        var rows = (config.Heads + 2 * config.KeyValueHeadCount) * config.HeadSize;
        _qkv = new LinearLayer(
            parameters, name + ParameterNames.AttentionQkv, config.Width, rows, config.Bias, InitialValue.Gaussian);
        _output = new LinearLayer(
            parameters, name + ParameterNames.AttentionOutput, config.Width, config.Width, config.Bias, InitialValue.ResidualGaussian);
    }

    public Tensor Forward(Tape tape, Tensor x, KvCache? cache, Tensor residual) // (B, T, C) → (B, T, C)
    {
        var qkv = _qkv.Forward(tape, x); // (B, T, (H + 2G)·D)
        var y = cache is null
            ? tape.CausalAttention(qkv, _config.Heads, _config.KeyValueHeadCount)
            : tape.CausalAttention(
                qkv, _config.Heads, _config.KeyValueHeadCount, cache.Keys(_layer), cache.Values(_layer), cache.Length);
        return _output.Forward(tape, y, residual);
    }
}
