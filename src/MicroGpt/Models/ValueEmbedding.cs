using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// A table of vectors that a layer adds to its values, the row of the token itself, as far as a gate for each head lets through: a form
/// of value residuals (Zhou et al. 2024), as in nanochat. A gate is between 0 and 3; at 0 it is half open.
/// </summary>
internal sealed class ValueEmbedding(GptConfig config, ParameterFactory parameters, int layer)
{
    private const double WideOpen = 3;

    private readonly Tensor _table = parameters.Create(
        $"{ParameterNames.ValueEmbeddings}.{layer}.weight", new Shape(config.TableRows, config.KeyValueHeadCount * config.HeadSize),
        InitialWeights.Of(config).Attention);

    private readonly LinearLayer _gate = new(
        parameters, ParameterNames.Of(config).Block(layer) + ParameterNames.Of(config).AttentionValueGate, GptConfig.ValueGateInputs,
        config.KeyValueHeadCount, bias: false, InitialWeights.Of(config).Gate);

    /// <summary>What is to be added to the values.</summary>
    public Tensor Forward(Tape tape, Tensor x, Tensor ids) => // (B, T, C), (B, T) → (B, T, G·D)
        tape.SigmoidGate(
            tape.Embedding(_table, ids), _gate.Forward(tape, tape.Columns(x, GptConfig.ValueGateInputs)), WideOpen);
}
