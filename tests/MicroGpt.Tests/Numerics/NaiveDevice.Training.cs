using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

internal sealed partial class NaiveDevice
{
    internal override void Forward(in CrossEntropy operation)
    {
        var (logits, targets, V) = (operation.Logits, operation.Targets, operation.Logits.Shape.Last);
        var (sum, counted) = (0.0, 0);
        for (var row = 0; row < logits.Shape.Rows; row++)
        {
            (operation.LogSumExp[row], operation.RowLoss[row]) = (0, 0);
            if (targets[row] < 0)
                continue;
            operation.LogSumExp[row] = LogSumExp(logits, row);
            operation.RowLoss[row] = operation.LogSumExp[row] - logits[row * V + (int)targets[row]];
            sum += operation.RowLoss[row];
            counted++;
        }

        operation.Loss[0] = counted == 0 ? 0 : sum / counted;
    }

    internal override void Backward(in CrossEntropy operation)
    {
        var (logits, targets, V) = (operation.Logits, operation.Targets, operation.Logits.Shape.Last);
        if (Begin(logits) is not { } gradient)
            return;
        for (var i = 0; i < logits.Shape.Count; i++)
        {
            var (row, column) = (i / V, i % V);
            if (targets[row] >= 0)
                gradient[i] += operation.Loss.Grad![0] / operation.Counted
                    * (Math.Exp(logits[i] - LogSumExp(logits, row)) - (targets[row] == column ? 1 : 0));
        }
    }

    internal override double SumOfSquares(Tensor x)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Shape.Count; i++)
            sum += x[i] * x[i];
        return sum;
    }

    // As algorithm 2 of the paper has it.
    internal override void Update(in AdamWUpdate update)
    {
        var (x, m, v) = (update.Parameter, update.Mean, update.Variance);
        for (var i = 0; i < x.Shape.Count; i++)
        {
            var g = x.Grad![i] * update.GradScale;
            m[i] = update.Beta1 * m[i] + (1 - update.Beta1) * g;
            v[i] = update.Beta2 * v[i] + (1 - update.Beta2) * g * g;
            var mean = m[i] / update.MeanBias;
            var variance = v[i] / update.VarianceBias;
            x[i] -= update.LearningRate * (mean / (Math.Sqrt(variance) + update.Epsilon) + update.WeightDecay * x[i]);
        }
    }

    private static double LogSumExp(Tensor x, int row)
    {
        var (V, max, sum) = (x.Shape.Last, double.NegativeInfinity, 0.0);
        for (var i = 0; i < V; i++)
            max = Math.Max(max, x[row * V + i]);
        for (var i = 0; i < V; i++)
            sum += Math.Exp(x[row * V + i] - max);
        return max + Math.Log(sum);
    }
}
