namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Add operation)
    {
        var (a, b, y) = (operation.A, operation.B, operation.Y);
        Map<Sum>(Data(a), Data(b), Data(y), y.Shape.Count, add: false);
    }

    internal override void Backward(in Add operation)
    {
        PassOn(operation.Y, operation.A);
        PassOn(operation.Y, operation.B);
    }

    private void PassOn(Tensor y, Tensor x) // dx = dy
    {
        if (!x.RequiresGrad)
            return;
        var add = x.BeginGrad();
        Map<First>(Data(y.Grad!), Data(y.Grad!), Data(x.Grad), x.Shape.Count, add);
    }

    private readonly struct Sum : IElementWise
    {
        public static V Apply(V a, V b) => S.Add(a, b);
    }

    private readonly struct First : IElementWise
    {
        public static V Apply(V a, V b) => a;
    }
}
