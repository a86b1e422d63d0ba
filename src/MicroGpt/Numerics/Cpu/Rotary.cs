using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics.Cpu;

// The pair (a, b) at the angle φ becomes (a cos φ − b sin φ, b cos φ + a sin φ); on the way back gradients turn by −φ.
internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in Rotary operation)
    {
        var o = operation;
        Spread(
            new RotaryForward(
                Data(o.Queries), Data(o.Keys), Data(o.Values), Data(o.Qkv), new Turning(o), o.Queries.Shape.Last, o.Keys.Shape.Last),
            o.Qkv.Shape.Rows, 2L * o.Qkv.Shape.Last);
    }

    internal override void Backward(in Rotary operation)
    {
        var o = operation;
        var dQ = BeginGrad(o.Queries, out var addQ);
        var dK = BeginGrad(o.Keys, out var addK);
        var dV = BeginGrad(o.Values, out var addV);
        Spread(
            new RotaryBackward(
                dQ, dK, dV, addQ, addK, addV, Data(o.Qkv.Grad!), new Turning(o), o.Queries.Shape.Last, o.Keys.Shape.Last),
            o.Qkv.Shape.Rows, 2L * o.Qkv.Shape.Last);
    }

    private readonly struct RotaryForward(F* q, F* k, F* v, F* qkv, Turning turning, int widthQ, int widthK) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var to = qkv + (long)row * (widthQ + 2 * widthK);
                turning.Turn(row, q + (long)row * widthQ, to, widthQ, F.One, add: false);
                turning.Turn(row, k + (long)row * widthK, to + widthQ, widthK, F.One, add: false);
                new Span<F>(v + (long)row * widthK, widthK).CopyTo(new Span<F>(to + widthQ + widthK, widthK));
            }
        }
    }

    private readonly struct RotaryBackward(
        F* dQ, F* dK, F* dV, bool addQ, bool addK, bool addV, F* dQkv, Turning turning, int widthQ, int widthK) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var row = begin; row < end; row++)
            {
                var from = dQkv + (long)row * (widthQ + 2 * widthK);
                if (dQ is not null)
                    turning.Turn(row, from, dQ + (long)row * widthQ, widthQ, -F.One, addQ);
                if (dK is not null)
                    turning.Turn(row, from + widthQ, dK + (long)row * widthK, widthK, -F.One, addK);
                if (dV is not null)
                    VectorMath<S, V, F>.Scale(F.One, from + widthQ + widthK, dV + (long)row * widthK, widthK, addV);
            }
        }
    }

    /// <summary>The angles, and which of them a row has.</summary>
    private readonly struct Turning(in Rotary operation)
    {
        private readonly F* _cosines = Data(operation.Cosines);
        private readonly F* _sines = Data(operation.Sines);
        private readonly int _half = operation.Cosines.Shape.Last; // D/2
        private readonly int _T = operation.Qkv.Shape[1];
        private readonly int _past = operation.Past;

        /// <summary>Turns the heads that lie side by side in a row.</summary>
        /// <param name="row">b·T + t.</param>
        /// <param name="from">The row's heads.</param>
        /// <param name="to">Where they go.</param>
        /// <param name="width">All heads' numbers.</param>
        /// <param name="sign">1 to turn forward, −1 to turn back.</param>
        /// <param name="add">Whether to add to what is there.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Turn(int row, F* from, F* to, int width, F sign, bool add)
        {
            var cosines = _cosines + (long)(_past + row % _T) * _half;
            var sines = _sines + (long)(_past + row % _T) * _half;
            var (forward, back) = (S.Broadcast(sign), S.Broadcast(-sign));
            var i = 0;
            for (; i <= _half - S.Lanes; i += S.Lanes)
            {
                var cosine = S.Load(cosines + i);
                var (plus, minus) = (S.Multiply(S.Load(sines + i), forward), S.Multiply(S.Load(sines + i), back));
                for (var first = i; first < width; first += 2 * _half)
                {
                    var (a, b) = (S.Load(from + first), S.Load(from + first + _half));
                    var turnedA = S.MultiplyAdd(b, minus, S.Multiply(a, cosine));
                    var turnedB = S.MultiplyAdd(a, plus, S.Multiply(b, cosine));
                    S.Store(add ? S.Add(S.Load(to + first), turnedA) : turnedA, to + first);
                    S.Store(add ? S.Add(S.Load(to + first + _half), turnedB) : turnedB, to + first + _half);
                }
            }

            for (; i < _half; i++)
            {
                var (cosine, sine) = (cosines[i], sign * sines[i]);
                for (var first = i; first < width; first += 2 * _half)
                {
                    var (a, b) = (from[first], from[first + _half]);
                    var (turnedA, turnedB) = (a * cosine - b * sine, b * cosine + a * sine);
                    to[first] = add ? to[first] + turnedA : turnedA;
                    to[first + _half] = add ? to[first + _half] + turnedB : turnedB;
                }
            }
        }
    }
}
