using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The angles of rotary positions (Su et al. 2021), shared by all layers: a table made once, at the first forward pass.</summary>
internal sealed class RotaryEmbedding(GptConfig config, Device device)
{
    private Tables? _tables; // not made with the model, so that a configuration alone never takes memory

    /// <summary>Turns queries and keys by the angles of their positions and lays queries, keys and values side by side.</summary>
    public Tensor Forward(Tape tape, Tensor queries, Tensor keys, Tensor values, int past) // (B, T, H·D), 2 (B, T, G·D) → (B, T, (H + 2G)·D)
    {
        var tables = _tables ?? Create();
        return tape.Rotary(queries, keys, values, tables.Cosines, tables.Sines, past);
    }

    /// <summary>What a pair turns a position, in radians, before it is scaled.</summary>
    internal static double Turn(GptConfig config, int pair) => Math.Pow(config.RotaryBase, -(double)pair / (config.HeadSize / 2));

    private Tables Create()
    {
        var (T, pairs) = (config.ContextLength, config.HeadSize / 2);
        var shape = new Shape(T, pairs);
        var tables = new Tables(Tensor.Zeros(device, "cosines", shape), Tensor.Zeros(device, "sines", shape));
        for (var i = 0; i < pairs && !device.IsMeta; i++)
        {
            var turn = Turn(config, i);
            turn = config.RotaryScaling?.Scale(turn) ?? turn;
            turn = config.RotaryReversed ? -turn : turn;
            for (var t = 0; t < T; t++)
                (tables.Cosines[t * pairs + i], tables.Sines[t * pairs + i]) = (Math.Cos(t * turn), Math.Sin(t * turn));
        }

        return Interlocked.CompareExchange(ref _tables, tables, null) ?? tables; // of several threads, the first one's
    }

    private sealed record Tables(Tensor Cosines, Tensor Sines); // (T, D/2) each
}
