using MicroGpt.Numerics;

namespace MicroGpt.Inference;

/// <summary>Reads a model's scores.</summary>
internal static class Scores
{
    /// <summary>Copies a row of logits, (…, V), in double precision.</summary>
    public static void Copy(Tensor logits, int row, Span<double> scores)
    {
        var first = row * logits.Shape.Last;
        if (logits.DType == DType.Float32)
        {
            var values = logits.AsSpan<float>().Slice(first, scores.Length);
            for (var i = 0; i < values.Length; i++)
                scores[i] = values[i];
        }
        else
        {
            logits.AsSpan<double>().Slice(first, scores.Length).CopyTo(scores);
        }
    }
}
