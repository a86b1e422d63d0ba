namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Columns operation)
    {
        var (x, y) = (operation.X, operation.Y);
        Spread(new ColumnsForward(Data(x), Data(y), x.Shape.Last, y.Shape.Last), y.Shape.Rows, y.Shape.Last);
    }

    internal override void Backward(in Columns operation)
    {
        var (x, y) = (operation.X, operation.Y);
        var dx = BeginGrad(x, out var add);
        if (dx is not null)
            Spread(new ColumnsBackward(dx, Data(y.Grad!), x.Shape.Last, y.Shape.Last, add), y.Shape.Rows, add ? y.Shape.Last : x.Shape.Last);
    }

    private readonly struct ColumnsForward(F* x, F* y, int C, int count) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
                new Span<F>(x + (long)row * C, count).CopyTo(new Span<F>(y + (long)row * count, count));
        }
    }

    private readonly struct ColumnsBackward(F* dx, F* dy, int C, int count, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                VectorMath<S, V, F>.Scale(F.One, dy + (long)row * count, dx + (long)row * C, count, add);
                if (!add)
                    new Span<F>(dx + (long)row * C + count, C - count).Clear();
            }
        }
    }
}
