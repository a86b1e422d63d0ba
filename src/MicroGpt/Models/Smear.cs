using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// nanochat's smear: x_t + λ·σ(gate(x_t))·x_{t−1}, so that the first layer knows pairs of tokens already. λ starts at 0.
/// </summary>
internal sealed class Smear(GptConfig config, ParameterFactory parameters)
{
    private readonly LinearLayer _gate = new(
        parameters, ParameterNames.SmearGate, GptConfig.SmearGateInputs, 1, bias: false, InitialWeights.Of(config).Gate);

    private readonly Tensor _scalar = parameters.Create(ParameterNames.SmearScalar, new Shape(1), InitialValue.Zero);

    public Tensor Forward(Tape tape, Tensor x, KvCache? cache) // (B, T, C) → (B, T, C)
    {
        var gate = _gate.Forward(tape, tape.Columns(x, GptConfig.SmearGateInputs)); // (B, T, 1)
        var before = tape.SigmoidGate(tape.Shift(x, cache?.LastEmbedding, cache?.Length ?? 0), gate);
        return tape.WeightedSum(x, new Coefficient(1), before, new Coefficient(1, _scalar));
    }
}
