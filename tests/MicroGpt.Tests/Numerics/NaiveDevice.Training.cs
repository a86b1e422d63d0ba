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

    internal override void Forward(in TokenLoss operation)
    {
        var (logits, targets) = (operation.Logits, operation.Targets);
        for (var row = 0; row < logits.Shape.Rows; row++)
        {
            (operation.LogSumExp[row], operation.Loss[row]) = (0, 0);
            if (targets[row] < 0)
                continue;
            operation.LogSumExp[row] = LogSumExp(logits, row);
            operation.Loss[row] = operation.LogSumExp[row] - logits[row * logits.Shape.Last + (int)targets[row]];
        }
    }

    internal override void Backward(in TokenLoss operation)
    {
        var (logits, targets, V) = (operation.Logits, operation.Targets, operation.Logits.Shape.Last);
        if (Begin(logits) is not { } gradient)
            return;
        for (var i = 0; i < logits.Shape.Count; i++)
        {
            var (row, column) = (i / V, i % V);
            if (targets[row] >= 0)
                gradient[i] += operation.Loss.Grad![row] * (Math.Exp(logits[i] - LogSumExp(logits, row)) - (targets[row] == column ? 1 : 0));
        }
    }

    internal override void Forward(in PolicyLoss operation)
    {
        var sum = 0.0;
        for (var i = 0; i < operation.TokenLoss.Shape.Count; i++)
        {
            var ratio = operation.Reference is { } reference ? Math.Exp(operation.TokenLoss[i] - reference[i]) : 1;
            sum += operation.Weights[i] * (operation.Advantages[i] * operation.TokenLoss[i] + operation.Beta * (ratio - Math.Log(ratio) - 1));
        }

        operation.Loss[0] = sum;
    }

    internal override void Backward(in PolicyLoss operation)
    {
        if (Begin(operation.TokenLoss) is not { } gradient)
            return;
        for (var i = 0; i < operation.TokenLoss.Shape.Count; i++)
        {
            var ratio = operation.Reference is { } reference ? Math.Exp(operation.TokenLoss[i] - reference[i]) : 1;
            gradient[i] += operation.Loss.Grad![0] * operation.Weights[i] * (operation.Advantages[i] + operation.Beta * (ratio - 1));
        }
    }

    internal override void Forward(in PreferenceLoss operation)
    {
        var (T, sum) = (operation.TokenLoss.Shape.Last, 0.0);
        for (var pair = 0; pair < operation.Reference.Shape.Count; pair++)
        {
            var margin = -operation.Reference[pair];
            for (var t = 0; t < T; t++)
                margin += operation.TokenLoss[(2 * pair + 1) * T + t] - operation.TokenLoss[2 * pair * T + t];
            operation.Margins[pair] = margin;
            sum -= Math.Log(1 / (1 + Math.Exp(-operation.Beta * margin)));
        }

        operation.Loss[0] = operation.Reference.Shape.Count == 0 ? 0 : sum / operation.Reference.Shape.Count;
    }

    internal override void Backward(in PreferenceLoss operation)
    {
        var (T, pairs) = (operation.TokenLoss.Shape.Last, operation.Reference.Shape.Count);
        if (Begin(operation.TokenLoss) is not { } gradient)
            return;
        for (var i = 0; i < operation.TokenLoss.Shape.Count; i++)
        {
            var (pair, sign) = (i / T / 2, i / T % 2 == 0 ? 1 : -1);
            gradient[i] += operation.Loss.Grad![0] / pairs * sign * operation.Beta * (1 - 1 / (1 + Math.Exp(-operation.Beta * operation.Margins[pair])));
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

    internal override void Update(in MuonUpdate update)
    {
        var (w, b, rate, beta) = (update.Parameter, update.Momentum, update.LearningRate, update.Beta1);
        var (M, N) = (w.Shape[0], w.Shape.Last);
        var x = new double[M, N];
        for (var i = 0; i < w.Shape.Count; i++)
        {
            var g = w.Grad![i] * update.GradScale;
            b[i] = beta * b[i] + (1 - beta) * g;
            x[i / N, i % N] = beta * b[i] + (1 - beta) * g;
        }

        if (update.Variance is not null)
        {
            var mean = Norm(x) / Math.Sqrt(M);
            var rows = SumsOfSquares(x, byRow: true);
            x = Map(x, (i, j) => x[i, j] * mean / Math.Max(Math.Sqrt(rows[i]), 1e-6));
        }

        var norm = Norm(x) * update.NormFactor + update.NormTerm;
        x = Map(x, (i, j) => x[i, j] / norm);
        foreach (var (p, q, r) in update.Iteration)
        {
            var gram = Product(x, Map(new double[N, M], (i, j) => x[j, i]));
            var (once, twice) = (Product(gram, x), Product(Product(gram, gram), x));
            x = Map(x, (i, j) => p * x[i, j] + q * once[i, j] + r * twice[i, j]);
        }

        if (update.Variance is { } variance)
        {
            var toOrthogonal = Math.Sqrt(Math.Min(M, N)) / Math.Max(Norm(x), 1e-6);
            x = Map(x, (i, j) => x[i, j] * toOrthogonal);
            var squares = SumsOfSquares(x, byRow: M >= N);
            for (var i = 0; i < squares.Length; i++)
                variance[i] = update.Beta2 * variance[i] + (1 - update.Beta2) * squares[i] / Math.Min(M, N);
            var shared = Map(x, (i, j) => x[i, j] / Math.Sqrt(Math.Max(variance[M >= N ? i : j], 1e-10)));
            x = Map(x, (i, j) => shared[i, j] * Norm(x) / Math.Max(Norm(shared), 1e-10));
        }

        for (var i = 0; i < w.Shape.Count; i++)
        {
            var step = x[i / N, i % N];
            var decays = update.Variance is null || step * w[i] >= 0;
            w[i] -= rate * step + (decays ? rate * update.WeightDecay * w[i] : 0);
        }

        static double[,] Map(double[,] matrix, Func<int, int, double> value)
        {
            var result = new double[matrix.GetLength(0), matrix.GetLength(1)];
            for (var i = 0; i < result.GetLength(0); i++)
                for (var j = 0; j < result.GetLength(1); j++)
                    result[i, j] = value(i, j);
            return result;
        }

        static double[,] Product(double[,] a, double[,] b) => Map(
            new double[a.GetLength(0), b.GetLength(1)], (i, j) => Enumerable.Range(0, b.GetLength(0)).Sum(k => a[i, k] * b[k, j]));

        static double Norm(double[,] a) => Math.Sqrt(a.Cast<double>().Sum(value => value * value));

        static double[] SumsOfSquares(double[,] a, bool byRow)
        {
            var sums = new double[a.GetLength(byRow ? 0 : 1)];
            for (var i = 0; i < a.GetLength(0); i++)
                for (var j = 0; j < a.GetLength(1); j++)
                    sums[byRow ? i : j] += a[i, j] * a[i, j];
            return sums;
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
