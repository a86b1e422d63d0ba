using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in ReluSquared operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = Math.Pow(Math.Max(operation.X[i], 0), 2);
    }

    internal override void Backward(in ReluSquared operation)
    {
        var (x, dy) = (operation.X, operation.Y.Grad!);
        Pass(x, i => 2 * Math.Max(x[i], 0) * dy[i]);
    }

    internal override void Forward(in SoftCap operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.Cap * Math.Tanh(operation.X[i] / operation.Cap);
    }

    internal override void Backward(in SoftCap operation)
    {
        var (x, dy, cap) = (operation.X, operation.Y.Grad!, operation.Cap);
        Pass(x, i => dy[i] * (1 - Math.Pow(Math.Tanh(x[i] / cap), 2)));
    }

    internal override void Forward(in Columns operation)
    {
        var (C, count) = (operation.X.Shape.Last, operation.Y.Shape.Last);
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.X[i / count * C + i % count];
    }

    internal override void Backward(in Columns operation)
    {
        var (C, count, dy) = (operation.X.Shape.Last, operation.Y.Shape.Last, operation.Y.Grad!);
        Pass(operation.X, i => i % C < count ? dy[i / C * count + i % C] : 0);
    }

    internal override void Forward(in Shift operation)
    {
        var (x, y, cached) = (operation.X, operation.Y, operation.CachedRow);
        var (T, C) = (x.Shape[1], x.Shape[2]);
        for (var i = 0; i < x.Shape.Count; i++)
        {
            var (b, t, c) = (i / (T * C), i / C % T, i % C);
            y[i] = t > 0 ? x[i - C] : operation.Past > 0 ? cached![b * C + c] : 0;
        }

        for (var i = 0; i < cached?.Shape.Count && T > 0; i++)
            cached[i] = x[(i / C * T + T - 1) * C + i % C];
    }

    internal override void Backward(in Shift operation)
    {
        var (dy, T, C) = (operation.Y.Grad!, operation.X.Shape[1], operation.X.Shape[2]);
        Pass(operation.X, i => i / C % T < T - 1 ? dy[i + C] : 0);
    }

    internal override void Forward(in SigmoidGate operation)
    {
        var o = operation;
        var D = o.X.Shape.Last / o.Gates.Shape.Last;
        for (var i = 0; i < o.Gates.Shape.Count; i++)
            o.Open[i] = o.Factor * Sigmoid(o.Gates[i]);
        for (var i = 0; i < o.Y.Shape.Count; i++)
            o.Y[i] = o.Open[i / D] * o.X[i];
    }

    internal override void Backward(in SigmoidGate operation)
    {
        var (x, gates, dy, factor) = (operation.X, operation.Gates, operation.Y.Grad!, operation.Factor);
        var D = x.Shape.Last / gates.Shape.Last;
        Pass(gates, i =>
        {
            var sum = 0.0;
            for (var d = 0; d < D; d++)
                sum += dy[i * D + d] * x[i * D + d];
            return factor * Sigmoid(gates[i]) * (1 - Sigmoid(gates[i])) * sum;
        });
        Pass(x, i => factor * Sigmoid(gates[i / D]) * dy[i]);
    }

    internal override void Forward(in WeightedSum operation)
    {
        var (a, b) = (operation.A, operation.B);
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = Value(operation.Alpha) * a[i] + Value(operation.Beta) * b[i];
    }

    internal override void Backward(in WeightedSum operation)
    {
        var (a, alpha, b, beta, dy) = (operation.A, operation.Alpha, operation.B, operation.Beta, operation.Y.Grad!);
        Pass(a, i => Value(alpha) * dy[i]);
        Pass(b, i => Value(beta) * dy[i]);
        PassCoefficient(alpha, a, dy);
        PassCoefficient(beta, b, dy);
    }

    private static double Value(Coefficient coefficient) => coefficient.Factor * (coefficient.Learned?[coefficient.Index] ?? 1);

    private static void PassCoefficient(Coefficient coefficient, Tensor x, Tensor dy)
    {
        if (coefficient.Learned is not { } learned || Begin(learned) is not { } gradient)
            return;
        for (var i = 0; i < x.Shape.Count; i++)
            gradient[coefficient.Index] += coefficient.Factor * dy[i] * x[i];
    }
}
