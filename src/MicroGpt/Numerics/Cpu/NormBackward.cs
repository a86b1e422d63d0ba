using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// The backward pass of LayerNorm and RmsNorm, in one pass over the rows. With x̂ = (x − mean)·s, s the inverse deviation and g = dy·w:
// dx = s (g − mean(g) − x̂·mean(g·x̂));  dw = Σ rows of dy·x̂;  db = Σ rows of dy.
// RmsNorm is the same without the means: x̂ = x·s with s the inverse root mean square, and dx = s (g − x̂·mean(g·x̂)).
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    /// <summary>The rows of an item of work. Each has sums of its own for dw and db, which are added up in order afterwards.</summary>
    private const int NormRowsPerItem = 32;

    /// <param name="x">(rows, C)</param>
    /// <param name="weight">(C), or null for ones.</param>
    /// <param name="bias">(C), or null for zeros.</param>
    /// <param name="mean">(rows), or null for RmsNorm.</param>
    /// <param name="inverse">(rows), s.</param>
    /// <param name="y">(rows, C), with its gradient.</param>
    /// <param name="C">Numbers normalized together; what is called a row here may be a part of one.</param>
    private void NormBackward(Tensor x, Tensor? weight, Tensor? bias, F* mean, Tensor inverse, Tensor y, int C)
    {
        var rows = inverse.Shape.Count;
        var dx = BeginGrad(x, out var addX);
        var dw = BeginGrad(weight, out var addW);
        var db = BeginGrad(bias, out var addB);
        var norm = new NormGradients(Data(x), Data(weight, null), mean, Data(inverse), Data(y.Grad!), dx, rows, C, addX);
        var items = Math.Max(1, (rows + NormRowsPerItem - 1) / NormRowsPerItem);
        if (items == 1)
        {
            _team.Run(new NormBackwardWork(norm, dw, db, addW, addB), 1, 1);
            return;
        }

        lock (_reducing)
        {
            var sums = (F*)PartialSums(2L * items * C * sizeof(F)); // (items, C) for dw, as much for db
            var sumsW = dw is null ? null : sums;
            var sumsB = db is null ? null : sums + (long)items * C;
            Spread(new NormBackwardWork(norm, sumsW, sumsB, addW: false, addB: false), items, 12L * NormRowsPerItem * C);
            if (dw is not null)
                SumRows(sumsW, dw, items, C, addW);
            if (db is not null)
                SumRows(sumsB, db, items, C, addB);
        }
    }

    /// <param name="norm">What the rows are computed from.</param>
    /// <param name="dw">(items, C), or null where it is not wanted.</param>
    /// <param name="db">(items, C), or null where it is not wanted.</param>
    /// <param name="addW">Whether to add to what is in dw.</param>
    /// <param name="addB">Whether to add to what is in db.</param>
    private readonly struct NormBackwardWork(NormGradients norm, F* dw, F* db, bool addW, bool addB) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var itemDw = Sums(dw, item, addW);
                var itemDb = Sums(db, item, addB);
                norm.Rows(item * NormRowsPerItem, itemDw, itemDb);
            }
        }

        private F* Sums(F* all, int item, bool add)
        {
            if (all is null)
                return null;
            var sums = all + (long)item * norm.Columns;
            if (!add)
                new Span<F>(sums, norm.Columns).Clear();
            return sums;
        }
    }

    private readonly struct NormGradients(F* x, F* weight, F* mean, F* inverse, F* dy, F* dx, int rows, int C, bool addX)
    {
        public int Columns => C;

        /// <summary>Writes dx of an item's rows and adds their share to dw and db.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Rows(int first, F* dw, F* db)
        {
            var end = Math.Min(first + NormRowsPerItem, rows);
            for (var row = first; row < end; row++)
            {
                var offset = (long)row * C;
                var from = x + offset;
                var g = dy + offset;
                var to = dx is null ? null : dx + offset;
                var (m, s) = (mean is null ? F.Zero : mean[row], inverse[row]);
                var (means, scales) = (S.Broadcast(m), S.Broadcast(s));

                // mean(g) and mean(g·x̂) = s·mean(g (x − mean)); the centred sum keeps the digits.
                V sums = default, dots = default;
                var i = 0;
                for (; i <= C - S.Lanes; i += S.Lanes)
                {
                    var gradient = S.Load(g + i);
                    if (weight is not null)
                        gradient = S.Multiply(gradient, S.Load(weight + i));
                    sums = S.Add(sums, gradient);
                    dots = S.MultiplyAdd(gradient, S.Subtract(S.Load(from + i), means), dots);
                }

                var (sum, dot) = (S.Sum(sums), S.Sum(dots));
                for (; i < C; i++)
                {
                    var gradient = weight is null ? g[i] : g[i] * weight[i];
                    sum += gradient;
                    dot += gradient * (from[i] - m);
                }

                var meanG = mean is null ? F.Zero : sum / F.CreateTruncating(C);
                var curve = dot * s * s / F.CreateTruncating(C); // x̂·mean(g·x̂) = (x − mean)·curve

                var (meansG, curves) = (S.Broadcast(meanG), S.Broadcast(curve));
                for (i = 0; i <= C - S.Lanes; i += S.Lanes)
                {
                    var gradient = S.Load(g + i);
                    var centred = S.Subtract(S.Load(from + i), means);
                    if (to is not null)
                    {
                        var value = weight is null ? gradient : S.Multiply(gradient, S.Load(weight + i));
                        value = S.Multiply(S.Subtract(S.Subtract(value, meansG), S.Multiply(centred, curves)), scales);
                        S.Store(addX ? S.Add(S.Load(to + i), value) : value, to + i);
                    }

                    if (dw is not null)
                        S.Store(S.MultiplyAdd(gradient, S.Multiply(centred, scales), S.Load(dw + i)), dw + i);
                    if (db is not null)
                        S.Store(S.Add(gradient, S.Load(db + i)), db + i);
                }

                for (; i < C; i++)
                {
                    var (gradient, centred) = (g[i], from[i] - m);
                    if (to is not null)
                    {
                        var value = ((weight is null ? gradient : gradient * weight[i]) - meanG - centred * curve) * s;
                        to[i] = addX ? to[i] + value : value;
                    }

                    if (dw is not null)
                        dw[i] += gradient * centred * s;
                    if (db is not null)
                        db[i] += gradient;
                }
            }
        }
    }
}
