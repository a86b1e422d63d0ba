using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in SwiGlu operation)
    {
        for (var i = 0; i < operation.Y.Shape.Count; i++)
            operation.Y[i] = operation.Gate[i] * Sigmoid(operation.Gate[i]) * operation.Up[i];
    }

    internal override void Backward(in SwiGlu operation)
    {
        var (gate, up, dy) = (operation.Gate, operation.Up, operation.Y.Grad!);
        Pass(up, i => dy[i] * gate[i] * Sigmoid(gate[i]));
        Pass(gate, i => dy[i] * up[i] * Sigmoid(gate[i]) * (1 + gate[i] * (1 - Sigmoid(gate[i]))));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    internal override void Forward(in Rotary operation)
    {
        var o = operation;
        foreach (var (part, first, turned) in Parts(o))
            for (var row = 0; row < part.Shape.Rows; row++)
                for (var i = 0; i < part.Shape.Last; i++)
                {
                    var from = row * part.Shape.Last;
                    o.Qkv[row * o.Qkv.Shape.Last + first + i] = turned ? Turn(o, row, i, j => part[from + j], 1) : part[from + i];
                }
    }

    internal override void Backward(in Rotary operation)
    {
        var o = operation;
        foreach (var (part, first, turned) in Parts(o))
        {
            if (Begin(part) is not { } gradient)
                continue;
            for (var row = 0; row < part.Shape.Rows; row++)
                for (var i = 0; i < part.Shape.Last; i++)
                {
                    var from = row * o.Qkv.Shape.Last + first;
                    gradient[row * part.Shape.Last + i] += turned ? Turn(o, row, i, j => o.Qkv.Grad![from + j], -1) : o.Qkv.Grad![from + i];
                }
        }
    }

    private static (Tensor Part, int First, bool Turned)[] Parts(in Rotary o) =>
    [
        (o.Queries, 0, true),
        (o.Keys, o.Queries.Shape.Last, true),
        (o.Values, o.Queries.Shape.Last + o.Keys.Shape.Last, false),
    ];

    /// <summary>The i-th number of a row of heads, turned together with its partner half a head away.</summary>
    private static double Turn(in Rotary o, int row, int i, Func<int, double> x, int sign)
    {
        var half = o.Cosines.Shape.Last;
        var angle = (o.Past + row % o.Qkv.Shape[1]) * half + i % half;
        return i % (2 * half) < half
            ? x(i) * o.Cosines[angle] - sign * x(i + half) * o.Sines[angle]
            : x(i) * o.Cosines[angle] + sign * x(i - half) * o.Sines[angle];
    }
}
