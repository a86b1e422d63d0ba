namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in ReluSquared operation)
    {
        var (x, y) = (operation.X, operation.Y);
        Map<RectifyAndSquare>(Data(x), Data(x), Data(y), x.Shape.Count, add: false);
    }

    internal override void Backward(in ReluSquared operation) => MapGradient<RectifyAndSquareGradient>(operation.X, operation.Y);

    private readonly struct RectifyAndSquare : IElementWise
    {
        public static V Apply(V x, V unused)
        {
            var positive = S.Max(default, x);
            return S.Multiply(positive, positive);
        }
    }

    private readonly struct RectifyAndSquareGradient : IElementWise
    {
        public static V Apply(V x, V dy)
        {
            var positive = S.Max(default, x);
            return S.Multiply(dy, S.Add(positive, positive));
        }
    }
}
