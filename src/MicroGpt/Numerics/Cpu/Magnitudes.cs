namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Magnitudes operation)
    {
        var (M, N) = (operation.Y.Shape.Rows, operation.Y.Shape.Last);
        Spread(
            new MagnitudesForward(
                Data(operation.P), Data(operation.U), Data(operation.Magnitude), Data(operation.Bias, null), Data(operation.Residual, null),
                Data(operation.Norms), F.CreateTruncating(operation.Scale), Data(operation.Y), M, N),
            Registers(N), 4L * M * S.Lanes);
    }

    // Where one tensor is several operands, the later adds to what the earlier has stored: the kernel keeps this order.
    // dp = g dy;  du = g s dy;  dm = Σ dy (z + s u) / n;  db = (1 − g) Σ dy;  dr = (1 − g) dy, with sums over the rows
    internal override void Backward(in Magnitudes operation)
    {
        var (p, u, y) = (operation.P, operation.U, operation.Y);
        var dU = BeginGrad(u, out var addU);
        var dR = BeginGrad(operation.Residual, out var addR);
        var dy = Data(y.Grad!);
        var addP = false;
        var dP = p.RequiresGrad && p.TryTakeGrad(y) ? dy : BeginGrad(p, out addP); // it may be written over dy
        var dM = BeginGrad(operation.Magnitude, out var addM);
        var dB = BeginGrad(operation.Bias, out var addB);
        var (M, N) = (y.Shape.Rows, y.Shape.Last);
        Spread(
            new MagnitudesBackward(
                new MagnitudesForward(
                    Data(p), Data(u), Data(operation.Magnitude), Data(operation.Bias, null), Data(operation.Residual, null),
                    Data(operation.Norms), F.CreateTruncating(operation.Scale), dy, M, N),
                new Gradient(dP, addP), new Gradient(dU, addU), new Gradient(dM, addM), new Gradient(dB, addB), new Gradient(dR, addR)),
            Registers(N), 12L * M * S.Lanes);
    }

    private static int Registers(int count) => (count + S.Lanes - 1) / S.Lanes;

    /// <summary>Where a gradient goes, null for nowhere, and whether it is added to what is there.</summary>
    private readonly struct Gradient(F* to, bool add)
    {
        public void Put(V value, long i, int lanes)
        {
            if (to is not null)
                VectorMath<S, V, F>.StorePartial(add ? S.Add(VectorMath<S, V, F>.LoadPartial(to + i, lanes), value) : value, to + i, lanes);
        }
    }

    /// <summary>An item is a register of columns, in all rows.</summary>
    private readonly struct MagnitudesForward(F* p, F* u, F* m, F* bias, F* residual, F* norms, F scale, F* y, int M, int N) : IWork
    {
        public int Rows => M;

        public V Scale => S.Broadcast(scale);

        /// <summary>y, or where this is part of the backward pass dy.</summary>
        public V Y(long i, int lanes) => VectorMath<S, V, F>.LoadPartial(y + i, lanes);

        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var lanes = Columns(item, out var column);
                var gain = Gain(column, lanes, out _);
                var more = S.Subtract(gain, S.Broadcast(F.One));
                var factor = S.Multiply(gain, Scale);
                for (var row = 0; row < M; row++)
                {
                    var i = (long)row * N + column;
                    var value = S.MultiplyAdd(more, Z(i, column, lanes), VectorMath<S, V, F>.LoadPartial(p + i, lanes));
                    VectorMath<S, V, F>.StorePartial(S.MultiplyAdd(factor, U(i, lanes), value), y + i, lanes);
                }
            }
        }

        public int Columns(int item, out int column)
        {
            column = item * S.Lanes;
            return Math.Min(S.Lanes, N - column);
        }

        public long Index(int row, int column) => (long)row * N + column;

        /// <summary>g, and 1 / n; both 0 where n is.</summary>
        public V Gain(int column, int lanes, out V inverse)
        {
            F* gains = stackalloc F[2 * S.Lanes];
            new Span<F>(gains, 2 * S.Lanes).Clear();
            for (var j = 0; j < lanes; j++)
            {
                if (norms[column + j] > F.Zero)
                    (gains[j], gains[S.Lanes + j]) = (m[column + j] / norms[column + j], F.One / norms[column + j]);
            }

            inverse = S.Load(gains + S.Lanes);
            return S.Load(gains);
        }

        /// <summary>What the linear map gave alone.</summary>
        public V Z(long i, int column, int lanes)
        {
            var z = VectorMath<S, V, F>.LoadPartial(p + i, lanes);
            if (residual is not null)
                z = S.Subtract(z, VectorMath<S, V, F>.LoadPartial(residual + i, lanes));
            return bias is null ? z : S.Subtract(z, VectorMath<S, V, F>.LoadPartial(bias + column, lanes));
        }

        public V U(long i, int lanes) => VectorMath<S, V, F>.LoadPartial(u + i, lanes);
    }

    private readonly struct MagnitudesBackward(
        MagnitudesForward forward, Gradient dP, Gradient dU, Gradient dM, Gradient dB, Gradient dR) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
            {
                var lanes = forward.Columns(item, out var column);
                var gain = forward.Gain(column, lanes, out var inverse);
                var less = S.Subtract(S.Broadcast(F.One), gain);
                var factor = S.Multiply(gain, forward.Scale);
                var (sum, sumOfProducts) = (S.Broadcast(F.Zero), S.Broadcast(F.Zero));
                for (var row = 0; row < forward.Rows; row++)
                {
                    var i = forward.Index(row, column);
                    var dy = forward.Y(i, lanes);
                    sum = S.Add(sum, dy);
                    sumOfProducts = S.MultiplyAdd(dy, S.MultiplyAdd(forward.Scale, forward.U(i, lanes), forward.Z(i, column, lanes)), sumOfProducts);
                    dU.Put(S.Multiply(factor, dy), i, lanes);
                    dR.Put(S.Multiply(less, dy), i, lanes);
                    dP.Put(S.Multiply(gain, dy), i, lanes); // last: it may lie where dy lies
                }

                dM.Put(S.Multiply(sumOfProducts, inverse), column, lanes);
                dB.Put(S.Multiply(less, sum), column, lanes);
            }
        }
    }
}
