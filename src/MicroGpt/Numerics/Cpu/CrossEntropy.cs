using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in CrossEntropy operation)
    {
        CrossEntropyOf(operation.Logits, operation.Targets, operation.LogSumExp, operation.RowLoss);
        var rows = operation.Logits.Shape.Rows;
        Spread(new MeanOfRows(Data(operation.RowLoss), Data(operation.Loss), rows, operation.Counted), 1, rows);
    }

    // dlogits = (softmax(logits) − onehot(target)) / rows that count
    internal override void Backward(in CrossEntropy operation) =>
        CrossEntropyOf(operation.Logits, operation.Targets, operation.LogSumExp, operation.Loss, 0, operation.Counted);

    internal override void Forward(in TokenLoss operation) =>
        CrossEntropyOf(operation.Logits, operation.Targets, operation.LogSumExp, operation.Loss);

    // dlogits = dloss · (softmax(logits) − onehot(target)), row by row
    internal override void Backward(in TokenLoss operation) =>
        CrossEntropyOf(operation.Logits, operation.Targets, operation.LogSumExp, operation.Loss, 1, 1);

    /// <summary>The loss of every row.</summary>
    private void CrossEntropyOf(Tensor logits, Tensor targets, Tensor logSumExp, Tensor rowLoss) => Spread(
        new CrossEntropyForward(Data(logits), targets.Pointer<int>(), Data(logSumExp), Data(rowLoss), logits.Shape.Last),
        logits.Shape.Rows, 12L * logits.Shape.Last);

    /// <summary>The gradient of the logits, from that of one loss (stride 0) or of one a row (1), divided by the rows that count.</summary>
    private void CrossEntropyOf(Tensor logits, Tensor targets, Tensor logSumExp, Tensor loss, int stride, int counted)
    {
        if (!logits.RequiresGrad)
            return;
        var add = logits.BeginGrad();
        Spread(
            new CrossEntropyBackward(
                Data(logits), targets.Pointer<int>(), Data(logSumExp), Data(logits.Grad), Data(loss.Grad!), stride, logits.Shape.Last, counted, add),
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
                logSumExp[row] = max + F.Log(VectorMath<S, V, F>.ExpAndSum(z, null, F.One, max, columns));
                loss[row] = logSumExp[row] - z[targets[row]];
            }
        }
    }

    /// <summary>The rows' mean, in one item. A double adds them up: a float would lose digits over many of them.</summary>
    private readonly struct MeanOfRows(F* rowLoss, F* loss, int rows, int counted) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var sum = 0.0;
            for (var row = 0; row < rows; row++)
                sum += double.CreateTruncating(rowLoss[row]);
            *loss = F.CreateTruncating(counted == 0 ? 0 : sum / counted);
        }
    }

    /// <summary>The gradients of rows' losses have a stride of 1, that of a loss which all rows share has one of 0.</summary>
    private readonly struct CrossEntropyBackward(
        F* logits, int* targets, F* logSumExp, F* dLogits, F* dLoss, int stride, int columns, int counted, bool add) : IWork
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

                var scale = F.CreateTruncating(double.CreateTruncating(dLoss[(long)row * stride]) / counted);
                if (columns < S.Lanes)
                    GradientOfFew(z, dz, logSumExp[row], scale);
                else
                    Gradient(z, dz, logSumExp[row], scale);
                dz[targets[row]] -= scale;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Gradient(F* z, F* dz, F logSum, F scale)
        {
            var (shift, scales) = (S.Broadcast(logSum), S.Broadcast(scale));
            var last = columns - S.Lanes; // where the last register begins; it may overlap the one before
            var i = 0;
            for (; i < last; i += S.Lanes)
            {
                var value = S.Multiply(VectorMath<S, V, F>.Exp(S.Subtract(S.Load(z + i), shift)), scales);
                S.Store(add ? S.Add(value, S.Load(dz + i)) : value, dz + i);
            }

            var rest = S.Multiply(VectorMath<S, V, F>.Exp(S.Subtract(S.Load(z + last), shift)), scales);
            S.Store(add ? S.Add(VectorMath<S, V, F>.ZeroBefore(i - last, rest), S.Load(dz + last)) : rest, dz + last);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void GradientOfFew(F* z, F* dz, F logSum, F scale)
        {
            var value = S.Subtract(VectorMath<S, V, F>.LoadPartial(z, columns), S.Broadcast(logSum));
            value = S.Multiply(VectorMath<S, V, F>.Exp(value), S.Broadcast(scale));
            if (add)
                value = S.Add(value, VectorMath<S, V, F>.LoadPartial(dz, columns));
            VectorMath<S, V, F>.StorePartial(value, dz, columns);
        }
    }
}
