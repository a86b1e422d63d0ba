using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in LayerNorm operation)
    {
        var (x, C) = (operation.X, operation.X.Shape.Last);
        for (var row = 0; row < x.Shape.Rows; row++)
        {
            var (mean, variance) = (0.0, 0.0);
            for (var c = 0; c < C; c++)
                mean += x[row * C + c] / C;
            for (var c = 0; c < C; c++)
                variance += Math.Pow(x[row * C + c] - mean, 2) / C;
            var inverse = 1 / Math.Sqrt(variance + operation.Epsilon);
            (operation.Mean[row], operation.InverseDeviation[row]) = (mean, inverse);
            for (var c = 0; c < C; c++)
                operation.Y[row * C + c] =
                    (x[row * C + c] - mean) * inverse * (operation.Weight?[c] ?? 1) + (operation.Bias?[c] ?? 0);
        }
    }

    // The chain rule through mean and variance, step by step rather than in the kernels' closed form.
    internal override void Backward(in LayerNorm operation)
    {
        var (x, w, b, dy, C) = (operation.X, operation.Weight, operation.Bias, operation.Y.Grad!, operation.X.Shape.Last);
        var (dx, dw, db) = (Begin(x), w is null ? null : Begin(w), b is null ? null : Begin(b));
        for (var row = 0; row < x.Shape.Rows; row++)
        {
            var (mean, inverse) = (operation.Mean[row], operation.InverseDeviation[row]);
            var (dMean, dVariance) = (0.0, 0.0);
            for (var c = 0; c < C; c++)
            {
                var (centred, g) = (x[row * C + c] - mean, dy[row * C + c]);
                dw?[c] += g * centred * inverse;
                db?[c] += g;
                g *= w?[c] ?? 1;
                dMean -= g * inverse; // the variance does not depend on the mean: Σ (x − mean) = 0
                dVariance += g * centred * -0.5 * Math.Pow(inverse, 3);
            }

            for (var c = 0; c < C; c++)
            {
                var g = dy[row * C + c] * (w?[c] ?? 1);
                dx?[row * C + c] += g * inverse + dMean / C + dVariance * 2 * (x[row * C + c] - mean) / C;
            }
        }
    }

    internal override void Forward(in RmsNorm operation)
    {
        var (x, C) = (operation.X, operation.Size);
        for (var row = 0; row < operation.InverseRms.Shape.Count; row++)
        {
            var meanSquare = 0.0;
            for (var c = 0; c < C; c++)
                meanSquare += x[row * C + c] * x[row * C + c] / C;
            var inverse = 1 / Math.Sqrt(meanSquare + operation.Epsilon);
            operation.InverseRms[row] = inverse;
            for (var c = 0; c < C; c++)
                operation.Y[row * C + c] = x[row * C + c] * inverse * (operation.Weight?[c] ?? 1);
        }
    }

    internal override void Backward(in RmsNorm operation)
    {
        var (x, w, dy, C) = (operation.X, operation.Weight, operation.Y.Grad!, operation.Size);
        var (dx, dw) = (Begin(x), w is null ? null : Begin(w));
        for (var row = 0; row < operation.InverseRms.Shape.Count; row++)
        {
            var (inverse, dMeanSquare) = (operation.InverseRms[row], 0.0);
            for (var c = 0; c < C; c++)
            {
                var g = dy[row * C + c];
                dw?[c] += g * x[row * C + c] * inverse;
                dMeanSquare += g * (w?[c] ?? 1) * x[row * C + c] * -0.5 * Math.Pow(inverse, 3);
            }

            for (var c = 0; c < C; c++)
                dx?[row * C + c] += dy[row * C + c] * (w?[c] ?? 1) * inverse + dMeanSquare * 2 * x[row * C + c] / C;
        }
    }
}
