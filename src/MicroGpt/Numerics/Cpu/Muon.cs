using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// Nearly all of the time goes to the products of the iteration; what is done element by element is done one at a time.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private readonly Lock _orthogonalizing = new();
    private Storage _orthogonal = new(0);

    internal override void Update(in MuonUpdate update)
    {
        var (M, N) = (update.Parameter.Shape[0], update.Parameter.Shape.Last);
        var small = Math.Min(M, N);
        lock (_orthogonalizing)
        {
            var (ofStatistics, ofMatrix, ofSquare) =
                (2L * Math.Max(M, N) * sizeof(double), Aligned((long)M * N * sizeof(F)), Aligned((long)small * small * sizeof(F)));
            var bytes = Aligned(ofStatistics) + 2 * ofMatrix + 2 * ofSquare;
            if (_orthogonal.Bytes < bytes)
                _orthogonal = Allocate(bytes, clear: false);
            var squares = (double*)_orthogonal.Pointer; // of every row's, or column's, elements
            var factors = squares + Math.Max(M, N);     // of every row, or column
            var x = (F*)(_orthogonal.Pointer + Aligned(ofStatistics));
            var y = (F*)((byte*)x + ofMatrix);
            var gram = (F*)((byte*)y + ofMatrix);
            var polynomial = (F*)((byte*)gram + ofSquare);

            Spread(
                new MomentumWork(
                    Data(update.Parameter.Grad!), Data(update.Momentum), x, squares, N,
                    F.CreateTruncating(update.GradScale), F.CreateTruncating(update.Beta1)),
                M, 4L * N);
            Lengths(update, squares, factors, M);
            Spread(new ScaleRowsWork(x, factors, N), M, N);
            foreach (var (a, b, c) in update.Iteration)
            {
                // X ← (a + b G + c G²) X with G = X Xᵀ, or from the right with G = Xᵀ X: whichever is smaller.
                var matrix = Matrix.RowMajor(x, N);
                var (square, product) = (Matrix.RowMajor(gram, small), Matrix.RowMajor(polynomial, small));
                if (M <= N)
                    Multiply(matrix, matrix.Transposed, gram, null, null, small, small, N);
                else
                    Multiply(matrix.Transposed, matrix, gram, null, null, small, small, M);
                Multiply(square, square, polynomial, null, null, small, small, small);
                Spread(
                    new PolynomialWork(gram, polynomial, small, F.CreateTruncating(a), F.CreateTruncating(b), F.CreateTruncating(c)),
                    small, 2L * small);
                if (M <= N)
                    Multiply(product, matrix, y, null, null, M, N, small);
                else
                    Multiply(matrix, product, y, null, null, M, N, small);
                var other = y;
                y = x;
                x = other;
            }

            var byRow = M >= N;
            if (update.Variance is { } variance)
            {
                Spread(new SquaresWork(x, squares, M, N, byRow), byRow ? M : N, byRow ? N : M);
                Spread(new VarianceWork(squares, factors, Data(variance), M, N, update.Beta2), 1, long.MaxValue);
            }

            Spread(
                new MoveWork(
                    Data(update.Parameter), x, update.Variance is null ? null : factors, N, byRow,
                    F.CreateTruncating(update.LearningRate), F.CreateTruncating(update.LearningRate * update.WeightDecay)),
                M, 4L * N);
        }
    }

    private static long Aligned(long bytes) => (bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;

    /// <summary>What to multiply each row by, so that the whole has a norm just below 1: in nanochat's variant each row its own.</summary>
    private void Lengths(in MuonUpdate update, double* squares, double* factors, int M) =>
        Spread(new LengthsWork(squares, factors, M, update.Variance is not null, update.NormFactor, update.NormTerm), 1, long.MaxValue);

    /// <summary>b ← β b + (1 − β) g, and what Nesterov's momentum makes of it: x = β b + (1 − β) g.</summary>
    private readonly struct MomentumWork(F* g, F* b, F* x, double* squares, int N, F scale, F beta) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var first = (nint)row * N;
                for (var i = first; i < first + N; i++)
                {
                    var gradient = scale * g[i];
                    b[i] += (F.One - beta) * (gradient - b[i]);
                    x[i] = gradient + beta * (b[i] - gradient);
                }

                squares[row] = double.CreateTruncating(VectorMath<S, V, F>.Dot(x + first, x + first, N));
            }
        }
    }

    private readonly struct LengthsWork(double* squares, double* factors, int M, bool equal, double normFactor, double normTerm) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var sum = Total(squares, M);
            var target = Math.Sqrt(sum / M);
            var after = 0.0;
            for (var row = 0; row < M; row++)
            {
                factors[row] = equal ? target / Math.Max(Math.Sqrt(squares[row]), 1e-6) : 1;
                after += squares[row] * factors[row] * factors[row];
            }

            for (var row = 0; row < M; row++)
                factors[row] /= Math.Sqrt(after) * normFactor + normTerm;
        }
    }

    private readonly struct ScaleRowsWork(F* x, double* factors, int N) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
                VectorMath<S, V, F>.Scale(F.CreateTruncating(factors[row]), x + (nint)row * N, x + (nint)row * N, N, add: false);
        }
    }

    /// <summary>P ← a + b G + c P, with G² in P.</summary>
    private readonly struct PolynomialWork(F* gram, F* polynomial, int size, F a, F b, F c) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var g = gram + (nint)row * size;
                var p = polynomial + (nint)row * size;
                for (var i = 0; i < size; i++)
                    p[i] = b * g[i] + c * p[i];
                p[row] += a;
            }
        }
    }

    /// <summary>The sum of squares of every row, or of every column, from the first to the last.</summary>
    private readonly struct SquaresWork(F* x, double* squares, int M, int N, bool byRow) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            if (byRow)
            {
                for (var row = begin; row < end; row++)
                    squares[row] = double.CreateTruncating(VectorMath<S, V, F>.Dot(x + (nint)row * N, x + (nint)row * N, N));
                return;
            }

            new Span<double>(squares + begin, end - begin).Clear();
            for (var row = 0; row < M; row++)
            {
                for (var j = begin; j < end; j++)
                {
                    var value = double.CreateTruncating(x[(nint)row * N + j]);
                    squares[j] += value * value;
                }
            }
        }
    }

    /// <summary>
    /// Factors that set the norm to √min(M, N), that of an orthogonal matrix, and share it among rows, or columns, by the inverse of
    /// how large they have lately been.
    /// </summary>
    private readonly struct VarianceWork(double* squares, double* factors, F* variance, int M, int N, double beta2) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var (count, size) = (Math.Max(M, N), Math.Min(M, N));
            var norm = Math.Sqrt(Total(squares, count));
            var scale = Math.Sqrt(size) / Math.Max(norm, 1e-6);
            var after = 0.0;
            for (var i = 0; i < count; i++)
            {
                var square = squares[i] * scale * scale;
                var mean = double.CreateTruncating(variance[i]);
                mean += (1 - beta2) * (square / size - mean);
                variance[i] = F.CreateTruncating(mean);
                factors[i] = 1 / Math.Sqrt(Math.Max(mean, 1e-10));
                after += square * factors[i] * factors[i];
            }

            for (var i = 0; i < count; i++)
                factors[i] *= scale * (norm * scale) / Math.Max(Math.Sqrt(after), 1e-10);
        }
    }

    /// <summary>w ← w − η x − η λ w; with factors x is multiplied by them first, and w decays only where that makes it smaller anyway.</summary>
    private readonly struct MoveWork(F* w, F* x, double* factors, int N, bool byRow, F rate, F decay) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                for (var j = 0; j < N; j++)
                {
                    var i = (nint)row * N + j;
                    var (weight, step) = (w[i], x[i]);
                    if (factors is not null)
                        step *= F.CreateTruncating(factors[byRow ? row : j]);
                    var shrinks = factors is null || weight * step >= F.Zero;
                    w[i] = weight - rate * step - (shrinks ? decay * weight : F.Zero);
                }
            }
        }
    }

    private static double Total(double* values, int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            sum += values[i];
        return sum;
    }
}
