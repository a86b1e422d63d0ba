using System.Runtime.CompilerServices;

namespace MicroGpt.Exact;

// The three products of a linear layer. Each works on four sums at a time, since an addition takes longer than it takes to
// start the next; where the rows are not a multiple of four, the last one is computed again.
internal sealed unsafe partial class ExactPass<S, R>
{
    /// <summary>y = W x: Σ over ascending columns. W: (rows, columns), x: (columns, T), y: (rows, T).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Matrix matrix, double* x, double* y, int count)
    {
        var (last, columns) = (matrix.Rows - 1, matrix.Columns);
        for (var p = 0; p < count; p += S.Lanes)
        {
            for (var i = 0; i <= last; i += 4)
            {
                var (i1, i2, i3) = (Math.Min(i + 1, last), Math.Min(i + 2, last), Math.Min(i + 3, last));
                var w0 = matrix.Weights + i * columns;
                var w1 = matrix.Weights + i1 * columns;
                var w2 = matrix.Weights + i2 * columns;
                var w3 = matrix.Weights + i3 * columns;
                R y0 = default, y1 = default, y2 = default, y3 = default;
                for (var j = 0; j < columns; j++)
                {
                    var value = S.Load(x + j * T + p);
                    y0 = S.Add(y0, S.Multiply(value, S.Broadcast(w0[j])));
                    y1 = S.Add(y1, S.Multiply(value, S.Broadcast(w1[j])));
                    y2 = S.Add(y2, S.Multiply(value, S.Broadcast(w2[j])));
                    y3 = S.Add(y3, S.Multiply(value, S.Broadcast(w3[j])));
                }

                S.Store(y0, y + i * T + p);
                S.Store(y1, y + i1 * T + p);
                S.Store(y2, y + i2 * T + p);
                S.Store(y3, y + i3 * T + p);
            }
        }
    }

    /// <summary>dx = Wᵀ dy: Σ over descending rows, or over rows in an order of their own.</summary>
    private void BackwardInput(Matrix matrix, double* dy, double* dx, int[]? order = null)
    {
        fixed (int* rows = order ?? _descending)
            MultiplyTransposed(matrix, order is null ? rows + _descending.Length - matrix.Rows : rows, dy, dx, _count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTransposed(Matrix matrix, int* order, double* dy, double* dx, int count)
    {
        var (rows, columns) = (matrix.Rows, matrix.Columns);
        for (var p = 0; p < count; p += S.Lanes)
        {
            for (var j = 0; j < columns; j += 4)
            {
                R x0 = default, x1 = default, x2 = default, x3 = default;
                for (var i = 0; i < rows; i++)
                {
                    var row = order[i];
                    var slope = S.Load(dy + row * T + p);
                    var w = matrix.Weights + row * columns + j;
                    x0 = S.Add(x0, S.Multiply(slope, S.Broadcast(w[0])));
                    x1 = S.Add(x1, S.Multiply(slope, S.Broadcast(w[1])));
                    x2 = S.Add(x2, S.Multiply(slope, S.Broadcast(w[2])));
                    x3 = S.Add(x3, S.Multiply(slope, S.Broadcast(w[3])));
                }

                var to = dx + j * T + p;
                S.Store(x0, to);
                S.Store(x1, to + T);
                S.Store(x2, to + 2 * T);
                S.Store(x3, to + 3 * T);
            }
        }
    }

    /// <summary>dW = dy xᵀ: Σ over descending positions. Here a lane is a column of W.</summary>
    private void BackwardWeights(Matrix matrix, double* dy, double* x)
    {
        Transpose(x, matrix.Columns, T, _rows, matrix.Columns, _count);
        MultiplyRows(matrix, dy, _rows, _count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows(Matrix matrix, double* dy, double* rows, int count)
    {
        var (last, columns) = (matrix.Rows - 1, matrix.Columns);
        for (var i = 0; i <= last; i += 4)
        {
            var (i1, i2, i3) = (Math.Min(i + 1, last), Math.Min(i + 2, last), Math.Min(i + 3, last));
            var dy0 = dy + i * T;
            var dy1 = dy + i1 * T;
            var dy2 = dy + i2 * T;
            var dy3 = dy + i3 * T;
            for (var j = 0; j < columns; j += S.Lanes)
            {
                R w0 = default, w1 = default, w2 = default, w3 = default;
                var row = rows + (count - 1) * columns + j;
                for (var p = count - 1; p >= 0; p--, row -= columns)
                {
                    var value = S.Load(row);
                    w0 = S.Add(w0, S.Multiply(value, S.Broadcast(dy0[p])));
                    w1 = S.Add(w1, S.Multiply(value, S.Broadcast(dy1[p])));
                    w2 = S.Add(w2, S.Multiply(value, S.Broadcast(dy2[p])));
                    w3 = S.Add(w3, S.Multiply(value, S.Broadcast(dy3[p])));
                }

                S.Store(w0, matrix.Gradient + i * columns + j);
                S.Store(w1, matrix.Gradient + i1 * columns + j);
                S.Store(w2, matrix.Gradient + i2 * columns + j);
                S.Store(w3, matrix.Gradient + i3 * columns + j);
            }
        }
    }

    /// <summary>to[p, c] = from[c, p] for the positions there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(double* from, int channels, int fromStride, double* to, int toStride, int count)
    {
        for (var p = 0; p < count; p++)
        {
            var row = to + p * toStride;
            for (var c = 0; c < channels; c++)
                row[c] = from[c * fromStride + p];
        }
    }
}
