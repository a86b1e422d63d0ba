using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in CrossEntropy operation)
    {
        var logits = operation.Logits;
        var (rows, columns) = (logits.Shape.Rows, logits.Shape.Last);
        Spread(
            new CrossEntropyForward(
                Data(logits), operation.Targets.Pointer<int>(), Data(operation.LogSumExp), Data(operation.RowLoss), columns),
            rows, 12L * columns, columns * sizeof(F));

        // A double adds up the rows: a float would lose digits over many of them.
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
            sum += double.CreateTruncating(Data(operation.RowLoss)[row]);
        *Data(operation.Loss) = F.CreateTruncating(operation.Counted == 0 ? 0 : sum / operation.Counted);
    }

    // dlogits = (softmax(logits) − onehot(target)) / rows that count
    internal override void Backward(in CrossEntropy operation)
    {
        var logits = operation.Logits;
        if (!logits.RequiresGrad)
            return;
        var add = logits.BeginGrad();
        var scale = operation.Counted == 0 ? 0 : operation.Loss.Grad!.Item / operation.Counted;
        Spread(
            new CrossEntropyBackward(
                Data(logits), operation.Targets.Pointer<int>(), Data(operation.LogSumExp), Data(logits.Grad),
                logits.Shape.Last, F.CreateTruncating(scale), add),
            logits.Shape.Rows, 12L * logits.Shape.Last);
    }

    private readonly struct CrossEntropyForward(F* logits, int* targets, F* logSumExp, F* loss, int columns) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                if (targets[row] < 0)
                {
                    (logSumExp[row], loss[row]) = (F.Zero, F.Zero);
                    continue;
                }

                var z = logits + (long)row * columns;
                var max = VectorMath<S, V, F>.Max(z, columns);
                new Span<F>(z, columns).CopyTo(new Span<F>(scratch, columns));
                logSumExp[row] = max + F.Log(VectorMath<S, V, F>.ExpAndSum((F*)scratch, F.One, max, columns));
                loss[row] = logSumExp[row] - z[targets[row]];
            }
        }
    }

    private readonly struct CrossEntropyBackward(
        F* logits, int* targets, F* logSumExp, F* dLogits, int columns, F scale, bool add) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var z = logits + (long)row * columns;
                var dz = dLogits + (long)row * columns;
                if (targets[row] < 0)
                {
                    if (!add)
                        new Span<F>(dz, columns).Clear();
                    continue;
                }

                var (shift, scales) = (S.Broadcast(logSumExp[row]), S.Broadcast(scale));
                for (var i = 0; i < columns; i += S.Lanes)
                {
                    var count = Math.Min(S.Lanes, columns - i);
                    var whole = count == S.Lanes;
                    var value = whole ? S.Load(z + i) : VectorMath<S, V, F>.LoadPartial(z + i, count);
                    value = S.Multiply(VectorMath<S, V, F>.Exp(S.Subtract(value, shift)), scales);
                    if (add)
                        value = S.Add(value, whole ? S.Load(dz + i) : VectorMath<S, V, F>.LoadPartial(dz + i, count));
                    if (whole)
                        S.Store(value, dz + i);
                    else
                        VectorMath<S, V, F>.StorePartial(value, dz + i, count);
                }

                dz[targets[row]] -= scale;
            }
        }
    }
}
