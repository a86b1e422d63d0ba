using System.Numerics;
using System.Runtime.CompilerServices;
using MicroGpt.Training;

namespace MicroGpt.Exact;

internal sealed unsafe partial class ExactPass<S, R>
{
    // The original calls pow twice for each parameter. A last bit of g² rarely reaches the mean of squares, which is a hundred
    // times as large, and one of the root rarely reaches the parameter. So where the rounding of a power is in doubt, between a
    // double and its neighbour beyond the midpoint, it is looked first whether it matters; only then is pow called. (For numbers
    // below 2^−968 what a product is off by is not exact any more; but the root of so little vanishes beside epsilon.)
    private const double SquareMargin = 1.05; // times ExactPow.Margin: within 0.0465 ulp, since |ln g²| may be 745

    // With a root that differs by one ulp, the update differs by less than this, relatively: 2^−52 is an ulp at most, and root +
    // epsilon and the quotient are rounded in both cases: 2^−52 + 4·2^−53, and a little for what is neglected.
    private const double RootSpread = 1.51 / (1L << 51);

    private const double Successor = 1.1102230246251568e-16; // 2^−53 (1 + 2^−52): x + x·this, rounded once, is the double behind x

    private const int Chunk = 512; // parameters that pass by at a time: all that belongs to them stays in the first cache

    private readonly double* _mean, _meanSquare;   // Adam's moments
    private readonly double* _steps;               // (Chunk): the learning rate times the mean without its bias
    private readonly double* _corrected, _roots;   // (Chunk): the mean of squares without its bias, and its root
    private readonly double* _before;              // (Chunk): what was there before, where there is doubt
    private readonly (int First, uint Lanes)[] _doubts = new (int, uint)[Chunk / S.Lanes];

    public override void Update(int step, double rate, TrainerOptions options)
    {
        var numbers = new AdamNumbers(
            rate, options.Beta1, options.Beta2, 1 - Math.Pow(options.Beta1, step), 1 - Math.Pow(options.Beta2, step), options.Epsilon);
        for (var first = 0; first < ParameterCount; first += Chunk)
        {
            var count = Math.Min(Chunk, ParameterCount - first);
            Average(Gradients + first, _mean + first, _meanSquare + first, count, numbers);
            Move(Parameters + first, count, options.Epsilon);
        }
    }

    /// <summary>The means of gradients and of their squares, and the root of the latter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Average(double* gradients, double* means, double* squares, int count, in AdamNumbers numbers)
    {
        var doubts = Average(gradients, means, squares, count, numbers, -SquareMargin * ExactPow.Margin);
        foreach (var (first, lanes) in _doubts.AsSpan(0, doubts))
        {
            for (var bits = lanes; bits != 0; bits &= bits - 1)
            {
                var i = first + BitOperations.TrailingZeroCount(bits);
                squares[i] = numbers.Beta2 * _before[i] + (1 - numbers.Beta2) * Math.Pow(gradients[i], 2);
                _corrected[i] = squares[i] / numbers.Correction2;
                _roots[i] = Math.Pow(_corrected[i], 0.5);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Average(double* gradients, double* means, double* squares, int count, in AdamNumbers numbers, double margin)
    {
        // No calls in here: what is alive across one lives in memory.
        var (decay1, rest1) = (S.Broadcast(numbers.Beta1), S.Broadcast(1 - numbers.Beta1));
        var (decay2, rest2) = (S.Broadcast(numbers.Beta2), S.Broadcast(1 - numbers.Beta2));
        var (divisor1, divisor2) = (new Divisor(numbers.Correction1), new Divisor(numbers.Correction2));
        var (rate, margins) = (S.Broadcast(numbers.Rate), S.Broadcast(margin));
        var doubts = 0;
        for (var i = 0; i < count; i += S.Lanes)
        {
            var g = S.Load(gradients + i);
            var mean = S.Add(S.Multiply(decay1, S.Load(means + i)), S.Multiply(rest1, g));
            S.Store(mean, means + i);
            S.Store(S.Multiply(rate, divisor1.Divide(mean)), _steps + i);

            var before = S.Load(squares + i);
            var decayed = S.Multiply(decay2, before);
            var square = S.Multiply(g, g);
            var neighbour = S.FusedMultiplyAdd(S.Remainder(square, g, g), margins, square);
            var meanSquare = S.Add(decayed, S.Multiply(rest2, square));
            var doubt = S.WhereDifferent(meanSquare, S.Add(decayed, S.Multiply(rest2, neighbour)));
            if (doubt != 0)
            {
                S.Store(before, _before + i);
                _doubts[doubts++] = (i, doubt);
            }

            var corrected = divisor2.Divide(meanSquare);
            S.Store(meanSquare, squares + i);
            S.Store(corrected, _corrected + i);
            S.Store(S.Sqrt(corrected), _roots + i);
        }

        return doubts;
    }

    /// <summary>Moves parameters against the mean of their gradient, by its size relative to the root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(double* parameters, int count, double epsilon)
    {
        var doubts = Move(parameters, count, epsilon, 1 / ExactPow.Margin);
        foreach (var (first, lanes) in _doubts.AsSpan(0, doubts))
        {
            for (var bits = lanes; bits != 0; bits &= bits - 1)
            {
                var i = first + BitOperations.TrailingZeroCount(bits);
                parameters[i] = _before[i] - _steps[i] / (Math.Pow(_corrected[i], 0.5) + epsilon);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Move(double* parameters, int count, double epsilon, double margin)
    {
        var (least, successor, margins) = (S.Broadcast(epsilon), S.Broadcast(Successor), S.Broadcast(margin));
        var (more, less) = (S.Broadcast(1 + RootSpread), S.Broadcast(1 - RootSpread));
        var doubts = 0;
        for (var i = 0; i < count; i += S.Lanes)
        {
            var root = S.Load(_roots + i);
            var off = S.Remainder(S.Load(_corrected + i), root, root); // 2·root times what the root is off by
            var ulp = S.Subtract(S.FusedMultiplyAdd(root, successor, root), root);
            var near = S.WhereGreater(S.Max(off, S.Subtract(default, off)), S.Multiply(S.Multiply(root, ulp), margins));

            var before = S.Load(parameters + i);
            var update = S.Divide(S.Load(_steps + i), S.Add(root, least));
            var after = S.Subtract(before, update);
            // A larger root makes the update smaller.
            var doubt = near & S.WhereDifferent(after, S.Remainder(before, update, S.SelectGreater(off, default, less, more)));
            if (doubt != 0)
            {
                S.Store(before, _before + i);
                _doubts[doubts++] = (i, doubt);
            }

            S.Store(after, parameters + i);
        }

        return doubts;
    }

    /// <summary>What Adam calculates with in a step; the corrections are what the moments' means fall short by.</summary>
    private readonly record struct AdamNumbers(
        double Rate, double Beta1, double Beta2, double Correction1, double Correction2, double Epsilon);

    /// <summary>
    /// Division by a number known beforehand, rounded correctly, in four instructions that do not wait for the divider: a first
    /// quotient from the divisor's inverse in two parts is next to the true one, and what it leaves decides (Markstein 1990).
    /// </summary>
    private readonly struct Divisor
    {
        private readonly R _divisor, _inverse, _rest;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
