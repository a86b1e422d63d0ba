using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in Dropout operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = Dropout.Keeps(operation.Seed, i, operation.Threshold) ? operation.X[i] / (1 - operation.Probability) : 0;
    }

    internal override void Backward(in Dropout operation)
    {
        var (dy, seed, threshold, p) = (operation.Y.Grad!, operation.Seed, operation.Threshold, operation.Probability);
        Pass(operation.X, i => Dropout.Keeps(seed, i, threshold) ? dy[i] / (1 - p) : 0);
    }

    internal override void Forward(in RowNorms operation)
    {
        var (w, a, b) = (operation.Weight, operation.A, operation.B);
        var (N, K, rank) = (w.Shape[0], w.Shape.Last, a.Shape[0]);
        for (var j = 0; j < N; j++)
        {
            var squares = 0.0;
            for (var k = 0; k < K; k++)
            {
                var element = w[j * K + k];
                for (var i = 0; i < rank; i++)
                    element += operation.Scale * b[j * rank + i] * a[i * K + k];
                squares += element * element;
            }

            operation.Y[j] = Math.Sqrt(squares);
        }
    }

    internal override void Forward(in Magnitudes operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.P[i] + (Gain(operation, i) - 1) * Alone(operation, i) + Gain(operation, i) * operation.Scale * operation.U[i];
    }

    internal override void Backward(in Magnitudes operation)
    {
        var (of, dy, N) = (operation, operation.Y.Grad!, operation.Y.Shape.Last);
        var count = operation.Y.Shape.Count;
        Pass(operation.U, i => Gain(of, i) * of.Scale * dy[i]);
        if (operation.Residual is { } residual)
            Pass(residual, i => (1 - Gain(of, i)) * dy[i]);
        Pass(operation.P, i => Gain(of, i) * dy[i]);
        Pass(operation.Magnitude, j => of.Norms[j] > 0 ? InColumn(j).Sum(i => dy[i] * (Alone(of, i) + of.Scale * of.U[i])) / of.Norms[j] : 0);
        if (operation.Bias is { } bias)
            Pass(bias, j => (1 - Gain(of, j)) * InColumn(j).Sum(i => dy[i]));

        IEnumerable<int> InColumn(int j) => Enumerable.Range(0, N == 0 ? 0 : count / N).Select(row => row * N + j);
    }

    private static double Gain(in Magnitudes operation, int i) =>
        i % operation.Norms.Shape.Count is var j && operation.Norms[j] > 0 ? operation.Magnitude[j] / operation.Norms[j] : 0;

    private static double Alone(in Magnitudes operation, int i) =>
        operation.P[i] - (operation.Bias?[i % operation.Norms.Shape.Count] ?? 0) - (operation.Residual?[i] ?? 0);
}
