using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

/// <summary>
/// The oracle: every operation as its formula says, one number after the other, in double precision. It knows no vectors, no
/// threads, no memory layout beyond "row by row", and shares no code with the processor's kernels.
/// </summary>
internal sealed partial class NaiveDevice : Device
{
    public override DType DType => DType.Float64;

    public override string Description => "plain loops";

    internal override void Fill(Tensor x, double value)
    {
        for (var i = 0; i < x.Shape.Count; i++)
            x[i] = value;
    }

    internal override void Forward(in Add operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.A[i] + operation.B[i];
    }

    internal override void Backward(in Add operation)
    {
        var dy = operation.Y.Grad!;
        Pass(operation.A, i => dy[i]);
        Pass(operation.B, i => dy[i]);
    }

    internal override void Forward(in Embedding operation)
    {
        var C = operation.Table.Shape.Last;
        for (var i = 0; i < operation.Ids.Shape.Count; i++)
            for (var c = 0; c < C; c++)
                operation.Y[i * C + c] = operation.Table[(int)operation.Ids[i] * C + c];
    }

    internal override void Backward(in Embedding operation)
    {
        var (table, ids, dy, C) = (operation.Table, operation.Ids, operation.Y.Grad!, operation.Table.Shape.Last);
        if (Begin(table) is not { } dTable)
            return;
        for (var i = 0; i < ids.Shape.Count; i++)
            for (var c = 0; c < C; c++)
                dTable[(int)ids[i] * C + c] += dy[i * C + c];
    }

    internal override void Forward(in Linear operation)
    {
        var (x, w, y) = (operation.X, operation.Weight, operation.Y);
        var (N, K) = (w.Shape[0], w.Shape[1]);
        for (var i = 0; i < y.Shape.Count; i++)
        {
            var (m, n) = (i / N, i % N);
            var sum = (operation.Bias?[n] ?? 0) + (operation.Residual?[i] ?? 0);
            for (var k = 0; k < K; k++)
                sum += x[m * K + k] * w[n * K + k];
            y[i] = sum;
        }
    }

    internal override void Backward(in Linear operation)
    {
        var (x, w, dy) = (operation.X, operation.Weight, operation.Y.Grad!);
        var (N, K) = (w.Shape[0], w.Shape[1]);
        var (dx, dw, db) = (Begin(x), Begin(w), operation.Bias is null ? null : Begin(operation.Bias));
        for (var i = 0; i < dy.Shape.Count; i++)
        {
            var (m, n, g) = (i / N, i % N, dy[i]);
            for (var k = 0; k < K; k++)
            {
                dx?[m * K + k] += g * w[n * K + k];
                dw?[n * K + k] += g * x[m * K + k];
            }

            db?[n] += g;
        }

        if (operation.Residual is { } residual)
            Pass(residual, i => dy[i]);
    }

    internal override void Forward(in Relu operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = Math.Max(operation.X[i], 0);
    }

    internal override void Backward(in Relu operation)
    {
        var (x, dy) = (operation.X, operation.Y.Grad!);
        Pass(x, i => x[i] > 0 ? dy[i] : 0);
    }

    internal override void Forward(in Gelu operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = 0.5 * operation.X[i] * (1 + GeluTanh(operation.X[i]));
    }

    internal override void Backward(in Gelu operation)
    {
        var (x, dy) = (operation.X, operation.Y.Grad!);
        Pass(x, i =>
        {
            var t = GeluTanh(x[i]);
            var slope = Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x[i] * x[i]);
            return dy[i] * (0.5 * (1 + t) + 0.5 * x[i] * (1 - t * t) * slope);
        });
    }

    internal override void Forward(in GeluErf operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.X[i] * NaiveNormal.Cumulative(operation.X[i]);
    }

    internal override void Backward(in GeluErf operation)
    {
        var (x, dy) = (operation.X, operation.Y.Grad!);
        Pass(x, i => dy[i] * (NaiveNormal.Cumulative(x[i]) + x[i] * NaiveNormal.Density(x[i])));
    }

    private static double GeluTanh(double x) => Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));

    /// <summary>Adds a gradient, element by element, to that of a tensor which wants one.</summary>
    private static void Pass(Tensor x, Func<int, double> gradient)
    {
        if (Begin(x) is not { } dx)
            return;
        for (var i = 0; i < x.Shape.Count; i++)
            dx[i] += gradient(i);
    }

    /// <summary>The gradient of a tensor which wants one, zeroed where there was none before; otherwise null.</summary>
    private static Tensor? Begin(Tensor tensor)
    {
        if (!tensor.RequiresGrad)
            return null;
        if (!tensor.BeginGrad())
            for (var i = 0; i < tensor.Shape.Count; i++)
                tensor.Grad[i] = 0;
        return tensor.Grad;
    }
}
