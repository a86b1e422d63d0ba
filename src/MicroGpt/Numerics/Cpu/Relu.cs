namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Relu operation)
    {
        var (x, y) = (operation.X, operation.Y);
        Map<Rectify>(Data(x), Data(x), Data(y), x.Shape.Count, add: false);
    }

    internal override void Backward(in Relu operation) => MapGradient<RectifyGradient>(operation.X, operation.Y);

    private readonly struct Rectify : IElementWise
    {
        public static V Apply(V x, V unused) => S.Max(default, x);
    }

    private readonly struct RectifyGradient : IElementWise
    {
        public static V Apply(V x, V dy) => S.SelectGreater(x, default, dy, default);
    }
}
