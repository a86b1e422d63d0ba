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
        if (operation.B.RequiresGrad)
            CopyGrad(operation.Y, operation.B);
        AddGrad(operation.Y, operation.A); // last, as it may take the gradient for its own
    }

    /// <summary>dx = dy: hands the gradient over where it can, and copies or adds it where it can't.</summary>
    private void AddGrad(Tensor y, Tensor x)
    {
        if (x.RequiresGrad && !x.TryTakeGrad(y))
            CopyGrad(y, x);
    }

    private void CopyGrad(Tensor y, Tensor x)
    {
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
