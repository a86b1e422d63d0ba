using System.Numerics;
using System.Runtime.CompilerServices;
using MicroGpt.Training;

namespace MicroGpt.Exact;

internal sealed unsafe partial class ExactPass<S, R>
{
    // The original calls pow twice for each parameter. A last bit of g² rarely reaches the mean of squares, which is a hundred
    // times as large, and one of the root rarely reaches the parameter: so the doubts of ExactPow are settled by computing
    // with either neighbour and looking whether the result differs.
    private const double SquareMargin = 1.1; // as ExactPow.Margin, and wider, as it costs nothing: within 0.045 ulp
    private const double RootSpread = 1.0 / (1L << 50); // an update differs by less, relatively, if the root differs by one ulp
    private const double Successor = 1.1102230246251568e-16; // 2^−53 (1 + 2^−52): x + x·this, in one rounding, is the double behind x
    private static double Tiny => Math.ScaleB(1, -175); // times which a number below 2^−900 vanishes: there, errors are not exact any more

    private readonly double* _mean, _meanSquare;             // Adam's moments
    private readonly double* _oldParameters, _oldMeanSquare; // what they were, where there is doubt
    private readonly (int First, uint Lanes)[] _doubts;

    public override void Update(int step, double rate, TrainerOptions options)
    {
        var (beta1, beta2, epsilon) = (options.Beta1, options.Beta2, options.Epsilon);
        var (correction1, correction2) = (1 - Math.Pow(beta1, step), 1 - Math.Pow(beta2, step));
        var count = Move(rate, beta1, beta2, correction1, correction2, epsilon);
        foreach (var (first, lanes) in _doubts.AsSpan(0, count))
        {
            for (var bits = lanes; bits != 0; bits &= bits - 1)
            {
                var i = first + BitOperations.TrailingZeroCount(bits);
                var v = _meanSquare[i] = beta2 * _oldMeanSquare[i] + (1 - beta2) * Math.Pow(Gradients[i], 2);
                Parameters[i] = _oldParameters[i] - rate * (_mean[i] / correction1) / (Math.Pow(v / correction2, 0.5) + epsilon);
            }
        }
    }

    /// <summary>Moves all parameters, and notes those whose last bit is in doubt.</summary>
    /// <returns>How many notes there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Move(double rate, double beta1, double beta2, double correction1, double correction2, double epsilon)
    {
        var known = ExactPow.IsKnown;
        var squareMargin = S.Broadcast(known ? -SquareMargin : double.NegativeInfinity);
        var rootMargin = S.Broadcast(known ? 1 / ExactPow.Margin : -1);
        var (decay1, decay2) = (S.Broadcast(beta1), S.Broadcast(beta2));
        var (rest1, rest2) = (S.Broadcast(1 - beta1), S.Broadcast(1 - beta2));
        var (divisor1, divisor2) = (new Divisor(correction1), new Divisor(correction2));
        var (learningRate, least, successor) = (S.Broadcast(rate), S.Broadcast(epsilon), S.Broadcast(Successor));
        var (more, less) = (S.Broadcast(1 + RootSpread), S.Broadcast(1 - RootSpread));
        var (tiny, huge) = (S.Broadcast(Tiny), S.Broadcast(1 / Tiny));
        var count = 0;
        for (var i = 0; i < ParameterCount; i += S.Lanes)
        {
            var g = S.Load(Gradients + i);
            var m = S.Add(S.Multiply(decay1, S.Load(_mean + i)), S.Multiply(rest1, g));
            S.Store(m, _mean + i);

            var oldV = S.Load(_meanSquare + i);
            var square = S.Multiply(g, g);
            var neighbour = S.FusedMultiplyAdd(S.Remainder(square, g, g), squareMargin, square); // itself, where there is no doubt
            var decayed = S.Multiply(decay2, oldV);
            var v = S.Add(decayed, S.Multiply(rest2, square));
            var doubt = S.WhereDifferent(v, S.Add(decayed, S.Multiply(rest2, neighbour)));
            doubt |= S.WhereDifferent(v, S.Multiply(S.Multiply(v, tiny), huge));

            var x = divisor2.Divide(v);
            var root = S.Sqrt(x);
            var off = S.Remainder(x, root, root); // 2·root times what the root is off by
            var ulp = S.Subtract(S.FusedMultiplyAdd(root, successor, root), root);
            var near = S.WhereGreater(S.Max(off, S.Subtract(default, off)), S.Multiply(S.Multiply(root, ulp), rootMargin));

            var oldP = S.Load(Parameters + i);
            var update = S.Divide(S.Multiply(learningRate, divisor1.Divide(m)), S.Add(root, least));
            var p = S.Subtract(oldP, update);
            doubt |= near & S.WhereDifferent(S.Remainder(oldP, update, more), S.Remainder(oldP, update, less));
            if (doubt != 0)
            {
                S.Store(oldV, _oldMeanSquare + i);
                S.Store(oldP, _oldParameters + i);
                _doubts[count++] = (i, doubt);
            }

            S.Store(v, _meanSquare + i);
            S.Store(p, Parameters + i);
        }

        return count;
    }

    /// <summary>
    /// Division by a number known beforehand, rounded correctly, in four instructions that do not wait for the divider: a first
    /// quotient from the divisor's inverse in two parts is next to the true one, and what it leaves decides (Markstein 1990).
    /// </summary>
    private readonly struct Divisor
    {
        private readonly R _divisor, _inverse, _rest;

        public Divisor(double divisor)
        {
            var inverse = 1 / divisor;
            _divisor = S.Broadcast(divisor);
            _inverse = S.Broadcast(inverse);
            _rest = S.Broadcast(Math.FusedMultiplyAdd(-inverse, divisor, 1) / divisor);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public R Divide(R x)
        {
            var quotient = S.FusedMultiplyAdd(x, _inverse, S.Multiply(x, _rest));
            return S.FusedMultiplyAdd(S.Remainder(x, quotient, _divisor), _inverse, quotient);
        }
    }
}
