using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// The vector of a position that is added to the token's: learned, or made of sines and cosines (Vaswani et al. 2017), with the sine
/// of the i-th angle at 2i and its cosine at 2i + 1.
/// </summary>
internal sealed class PositionEmbedding(GptConfig config, ParameterFactory parameters, Device device)
{
    private const double LongestWave = 10_000; // times 2π

    private Tensor? _rows = config.Positions == PositionKind.Learned
        ? parameters.Create(
            ParameterNames.PositionEmbedding, new Shape(config.ContextLength, config.Width), InitialWeights.Of(config).PositionEmbedding)
        : null; // made at the first forward pass, so that a configuration alone never takes memory

    public Tensor Forward(Tape tape, Tensor x, int past) // (B, T, C) → (B, T, C)
    {
        var positions = tape.Embedding(_rows ?? Create(), tape.Range(past, new Shape(x.Shape[0], x.Shape[1])));
        return config.ScaledEmbedding
            ? tape.WeightedSum(x, new Coefficient(Math.Sqrt(config.Width)), positions, new Coefficient(1))
            : tape.Add(x, positions);
    }

    private Tensor Create()
    {
        var (T, C) = (config.ContextLength, config.Width);
        var rows = Tensor.Zeros(device, "positions", new Shape(T, C));
        for (var c = 0; c < C && !device.IsMeta; c++)
        {
            var turn = Math.Pow(LongestWave, -(double)(c - c % 2) / C); // radians a position
            for (var t = 0; t < T; t++)
                rows[t * C + c] = c % 2 == 0 ? Math.Sin(t * turn) : Math.Cos(t * turn);
        }

        return Interlocked.CompareExchange(ref _rows, rows, null) ?? rows; // of several threads, the first one's
    }
}
