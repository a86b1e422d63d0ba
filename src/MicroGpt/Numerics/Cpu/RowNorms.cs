namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in RowNorms operation)
    {
        var (weight, a) = (operation.Weight, operation.A);
        var (N, K, rank) = (weight.Shape[0], weight.Shape.Last, a.Shape[0]);
        Spread(
            new RowNormsWork(Data(weight), Data(a), Data(operation.B), F.CreateTruncating(operation.Scale), Data(operation.Y), K, rank),
            N, (rank + 2L) * K, K * sizeof(F));
    }

    /// <summary>An item is a row, which is put together in the scratch memory.</summary>
    private readonly struct RowNormsWork(F* weight, F* a, F* b, F scale, F* y, int K, int rank) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var row = (F*)scratch; // (K)
            for (var j = begin; j < end; j++)
            {
                new Span<F>(weight + (long)j * K, K).CopyTo(new Span<F>(row, K));
                for (var i = 0; i < rank; i++)
                    VectorMath<S, V, F>.Scale(scale * b[(long)j * rank + i], a + (long)i * K, row, K, add: true);
                y[j] = F.Sqrt(VectorMath<S, V, F>.Dot(row, row, K));
            }
        }
    }
}
