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
        var residual = Data(operation.Residual, null);
        if (M < RowsWorthPacking)
            Spread(new LinearByDots(Data(x), Data(weight), bias, residual, Data(y), M, N, K), N, (long)M * K);
        else
            Multiply(Matrix.RowMajor(Data(x), K), Matrix.RowMajor(Data(weight), K).Transposed, Data(y), residual, bias, M, N, K);
    }

    internal override void Backward(in Linear operation)
    {
        var (x, weight) = (operation.X, operation.Weight);
        var (M, N, K) = (x.Shape.Rows, weight.Shape[0], weight.Shape.Last);
        var dy = Data(operation.Y.Grad!);
        if (x.RequiresGrad) // dx = dy W
        {
            var add = x.BeginGrad();
            var dx = Data(x.Grad);
            Multiply(Matrix.RowMajor(dy, N), Matrix.RowMajor(Data(weight), K), dx, add ? dx : null, null, M, K, N);
        }

        if (weight.RequiresGrad) // dW = dyᵀ x
        {
            var add = weight.BeginGrad();
            var dw = Data(weight.Grad);
            Multiply(Matrix.RowMajor(dy, N).Transposed, Matrix.RowMajor(Data(x), K), dw, add ? dw : null, null, N, K, M);
        }

        if (operation.Bias is { RequiresGrad: true } bias) // db = Σ rows of dy
        {
            var add = bias.BeginGrad();
            SumRows(dy, Data(bias.Grad), M, N, add);
        }

        if (operation.Residual is { RequiresGrad: true } residual) // dr = dy
            AddGrad(operation.Y, residual);
    }

    private readonly struct LinearByDots(F* x, F* weight, F* bias, F* residual, F* y, int M, int N, int K) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var n = begin; n < end; n++)
            {
                for (var m = 0; m < M; m++)
                {
                    var start = residual is null ? F.Zero : residual[(long)m * N + n];
                    if (bias is not null)
                        start += bias[n];
                    y[(long)m * N + n] = start + VectorMath<S, V, F>.Dot(x + (long)m * K, weight + (long)n * K, K);
                }
            }
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
