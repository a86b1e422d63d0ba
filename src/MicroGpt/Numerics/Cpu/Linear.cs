namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    /// <summary>Fewer rows than this do not pay for packing the weights: each output is then one dot product.</summary>
    private const int RowsWorthPacking = 4;

    internal override void Forward(in Linear operation)
    {
        var (x, weight, y) = (operation.X, operation.Weight, operation.Y);
        var (M, N, K) = (x.Shape.Rows, weight.Shape[0], weight.Shape.Last);
        var bias = Data(operation.Bias, null);
        if (M < RowsWorthPacking)
            Spread(new LinearByDots(Data(x), Data(weight), bias, Data(y), M, N, K), N, (long)M * K);
        else
            Multiply(Matrix.RowMajor(Data(x), K), Matrix.RowMajor(Data(weight), K).Transposed, Data(y), bias, M, N, K, add: false);
    }

    internal override void Backward(in Linear operation)
    {
        var (x, weight) = (operation.X, operation.Weight);
        var (M, N, K) = (x.Shape.Rows, weight.Shape[0], weight.Shape.Last);
        var dy = Data(operation.Y.Grad!);
        if (x.RequiresGrad) // dx = dy W
        {
            var add = x.BeginGrad();
            Multiply(Matrix.RowMajor(dy, N), Matrix.RowMajor(Data(weight), K), Data(x.Grad), null, M, K, N, add);
        }

        if (weight.RequiresGrad) // dW = dyᵀ x
        {
            var add = weight.BeginGrad();
            Multiply(Matrix.RowMajor(dy, N).Transposed, Matrix.RowMajor(Data(x), K), Data(weight.Grad), null, N, K, M, add);
        }

        if (operation.Bias is { RequiresGrad: true } bias) // db = Σ rows of dy
        {
            var add = bias.BeginGrad();
            SumRows(dy, Data(bias.Grad), M, N, add);
        }
    }

    private readonly struct LinearByDots(F* x, F* weight, F* bias, F* y, int M, int N, int K) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var n = begin; n < end; n++)
                for (var m = 0; m < M; m++)
                    y[(long)m * N + n] = VectorMath<S, V, F>.Dot(x + (long)m * K, weight + (long)n * K, K) + (bias is null ? F.Zero : bias[n]);
        }
    }

    /// <summary>sum[j] = Σᵢ rows[i][j], added up from the first row to the last; threads share the columns.</summary>
    private void SumRows(F* rows, F* sum, int M, int N, bool add) =>
        Spread(new SumRowsWork(rows, sum, M, N, add), (N + S.Lanes - 1) / S.Lanes, (long)M * S.Lanes);

    private readonly struct SumRowsWork(F* rows, F* sum, int M, int N, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var first = begin * S.Lanes;
            var columns = Math.Min(end * S.Lanes, N) - first;
            if (!add)
                new Span<F>(sum + first, columns).Clear();
            for (var i = 0; i < M; i++)
                VectorMath<S, V, F>.Scale(F.One, rows + (long)i * N + first, sum + first, columns, add: true);
        }
    }
}
