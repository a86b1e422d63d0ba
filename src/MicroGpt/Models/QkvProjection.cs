using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// From rows to queries, keys and values side by side. With learned positions they come from one product; with rotary ones from three,
/// which are brought together while they are turned (docs/decisions/0010).
/// </summary>
internal sealed class QkvProjection
{
    private readonly RotaryEmbedding? _rotary;
    private readonly LinearLayer[] _products; // one for all, or one each

    public QkvProjection(GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary)
    {
        _rotary = rotary;
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeadCount * config.HeadSize);
        _products = rotary is null
            ? [Product(ParameterNames.AttentionQkv, queries + 2 * keys)]
            : [
                Product(ParameterNames.AttentionQueries, queries),
                Product(ParameterNames.AttentionKeys, keys),
                Product(ParameterNames.AttentionValues, keys),
            ];

        LinearLayer Product(string name, int outputs) =>
            new(parameters, ParameterNames.Of(config).Block(layer) + name, config.Width, outputs, config.Bias, InitialValue.Gaussian);
    }

    /// <param name="tape">Where to compute.</param>
    /// <param name="x">(B, T, C).</param>
    /// <param name="past">The position of the first row.</param>
    /// <returns>(B, T, (H + 2G)·D).</returns>
    public Tensor Forward(Tape tape, Tensor x, int past) =>
        _rotary is null
            ? _products[0].Forward(tape, x)
            : _rotary.Forward(tape, _products[0].Forward(tape, x), _products[1].Forward(tape, x), _products[2].Forward(tape, x), past);
}
