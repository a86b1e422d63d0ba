using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// From rows to queries, keys and values side by side. With rotary positions they come from three products, which are brought together
/// while they are turned (docs/decisions/0010); with others from one.
/// </summary>
internal sealed class QkvProjection
{
    private readonly RotaryEmbedding? _rotary;
    private readonly LinearLayer[] _products; // one for all, or one each
    private readonly Norm? _queryNorm;
    private readonly Norm? _keyNorm;
    private readonly ValueEmbedding? _valueEmbedding;

    public QkvProjection(GptConfig config, ParameterFactory parameters, int layer, RotaryEmbedding? rotary)
    {
        _rotary = rotary;
        var names = ParameterNames.Of(config);
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeadCount * config.HeadSize);
        _products = rotary is null
            ? [Product(names.AttentionQkv, queries + 2 * keys)]
            : [Product(names.AttentionQueries, queries), Product(names.AttentionKeys, keys), Product(names.AttentionValues, keys)];
        _queryNorm = config.QkNorm ? new Norm(config, parameters, names.Block(layer) + names.AttentionQueryNorm, config.HeadSize) : null;
        _keyNorm = config.QkNorm ? new Norm(config, parameters, names.Block(layer) + names.AttentionKeyNorm, config.HeadSize) : null;
        _valueEmbedding = config.HasValueEmbedding(layer) ? new ValueEmbedding(config, parameters, layer) : null;

        LinearLayer Product(string name, int outputs) =>
            new(parameters, names.Block(layer) + name, config.Width, outputs, config.QkvBias ?? config.Bias, InitialWeights.Of(config).Attention);
    }

    /// <param name="tape">Where to compute.</param>
    /// <param name="x">(B, T, C).</param>
    /// <param name="context">The tokens, and the position of the first row.</param>
    /// <returns>(B, T, (H + 2G)·D).</returns>
    public Tensor Forward(Tape tape, Tensor x, in BlockContext context)
    {
        if (_rotary is null)
            return _products[0].Forward(tape, x);
        var embedded = _valueEmbedding?.Forward(tape, x, context.Ids); // first: its gradient reaches few columns of x, and comes last
        var queries = _products[0].Forward(tape, x);
        var keys = _products[1].Forward(tape, x);
        var values = _products[2].Forward(tape, x, residual: embedded);
        return _rotary.Forward(
            tape, _queryNorm?.Forward(tape, queries) ?? queries, _keyNorm?.Forward(tape, keys) ?? keys, values, context.Past);
    }
}
