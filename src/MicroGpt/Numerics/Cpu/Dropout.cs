namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Dropout operation) => Drop(operation, Data(operation.X), Data(operation.Y), add: false);

    // dx = dy / (1 − p) where x was kept
    internal override void Backward(in Dropout operation)
    {
        var (x, y) = (operation.X, operation.Y);
        if (!x.RequiresGrad)
            return;
        var dy = Data(y.Grad!);
        var add = !x.TryTakeGrad(y) && x.BeginGrad();
        Drop(operation, dy, Data(x.Grad!), add);
    }

    private void Drop(in Dropout operation, F* from, F* to, bool add) =>
        Spread(
            new DropoutWork(from, to, F.CreateTruncating(1 / (1 - operation.Probability)), operation.Seed, operation.Threshold, add),
            operation.X.Shape.Count, 8);

    private readonly struct DropoutWork(F* from, F* to, F factor, ulong seed, uint threshold, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var i = begin; i < end; i++)
            {
                var value = Dropout.Keeps(seed, i, threshold) ? factor * from[i] : F.Zero;
                to[i] = add ? to[i] + value : value;
            }
        }
    }
}
