namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Shift operation)
    {
        var (x, y) = (operation.X, operation.Y);
        var (B, T, C) = (x.Shape[0], x.Shape[1], x.Shape.Last);
        Spread(new ShiftForward(Data(x), Data(operation.CachedRow, null), operation.Past > 0, Data(y), T, C), B, (long)T * C);
    }

    internal override void Backward(in Shift operation)
    {
        var x = operation.X;
        var dx = BeginGrad(x, out var add);
        if (dx is not null)
            Spread(new ShiftBackward(dx, Data(operation.Y.Grad!), x.Shape[1], x.Shape.Last, add), x.Shape.Rows, x.Shape.Last);
    }

    /// <summary>An item is a sequence.</summary>
    private readonly struct ShiftForward(F* x, F* cached, bool goesOn, F* y, int T, int C) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var b = begin; b < end && T > 0; b++)
            {
                var from = x + (long)b * T * C;
                var to = y + (long)b * T * C;
                var before = cached + (long)b * C;
                if (goesOn)
                    new Span<F>(before, C).CopyTo(new Span<F>(to, C));
                else
                    new Span<F>(to, C).Clear();
                for (var t = 1; t < T; t++)
                    new Span<F>(from + (long)(t - 1) * C, C).CopyTo(new Span<F>(to + (long)t * C, C));
                if (cached is not null)
                    new Span<F>(from + (long)(T - 1) * C, C).CopyTo(new Span<F>(before, C));
            }
        }
    }

    /// <summary>An item is a position; what the last of a sequence has goes nowhere.</summary>
    private readonly struct ShiftBackward(F* dx, F* dy, int T, int C, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var to = dx + (long)row * C;
                if (row % T < T - 1)
                    VectorMath<S, V, F>.Scale(F.One, dy + (long)(row + 1) * C, to, C, add);
                else if (!add)
                    new Span<F>(to, C).Clear();
            }
        }
    }
}
