namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Embedding operation)
    {
        var C = operation.Table.Shape.Last;
        Spread(
            new EmbeddingForward(Data(operation.Table), operation.Ids.Pointer<int>(), Data(operation.Y), C),
            operation.Ids.Shape.Count, C);
    }

    // Ids repeat, so rows can't be dealt out to threads; columns can.
    internal override void Backward(in Embedding operation)
    {
        var table = operation.Table;
        if (!table.RequiresGrad)
            return;
        var add = table.BeginGrad();
        var rows = operation.Ids.Shape.Count;
        Spread(
            new EmbeddingBackward(
                Data(table.Grad), operation.Ids.Pointer<int>(), Data(operation.Y.Grad!), rows, table.Shape[0], table.Shape.Last, add),
            (table.Shape.Last + S.Lanes - 1) / S.Lanes, (long)S.Lanes * (rows + table.Shape[0]));
    }

    private readonly struct EmbeddingForward(F* table, int* ids, F* y, int C) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var i = begin; i < end; i++)
                new Span<F>(table + (long)ids[i] * C, C).CopyTo(new Span<F>(y + (long)i * C, C));
        }
    }

    private readonly struct EmbeddingBackward(F* dTable, int* ids, F* dy, int rows, int tableRows, int C, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var first = begin * S.Lanes;
            var columns = Math.Min(end * S.Lanes, C) - first;
            if (!add)
                for (var row = 0; row < tableRows; row++)
                    new Span<F>(dTable + (long)row * C + first, columns).Clear();
            for (var i = 0; i < rows; i++)
                VectorMath<S, V, F>.Scale(F.One, dy + (long)i * C + first, dTable + (long)ids[i] * C + first, columns, add: true);
        }
    }
}
