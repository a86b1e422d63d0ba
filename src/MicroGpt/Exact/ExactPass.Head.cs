using System.Runtime.CompilerServices;

namespace MicroGpt.Exact;

// The head: softmax and −log p of the token that follows.
internal sealed unsafe partial class ExactPass<S, R>
{
    private readonly double* _logits, _dlogits, _exponentials; // (V, T)
    private readonly double* _largest;                         // (T)
    private readonly Totals _perPosition;
    private readonly double* _targetGradient;                  // (T): the gradient of the target's logit
    private readonly double* _targetRows;                      // (C, T): the target's row of the head's weights

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Loss(ReadOnlySpan<int> targets)
    {
        targets[.._count].CopyTo(_targets);
        Largest(_count);
        for (var i = 0; i < V * T; i += T)
            for (var p = 0; p < _count; p++)
                _exponentials[i + p] = Math.Exp(_logits[i + p] - _largest[p]);
        Total(_count);
        ExactPow.Raise<S, R, ExactPow.Inverse>(_perPosition.Total, _perPosition.Inverse, 1, _count);

        var sum = 0.0;
        for (var p = 0; p < _count; p++)
            sum += -Math.Log(_exponentials[_targets[p] * T + p] * _perPosition.Inverse[p]);
        return sum * (1.0 / _count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Largest(int count)
    {
        for (var p = 0; p < count; p += S.Lanes)
        {
            var largest = S.Load(_logits + p);
            for (var i = p + T; i < V * T; i += T)
                largest = S.Max(largest, S.Load(_logits + i));
            S.Store(largest, _largest + p);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Total(int count)
    {
        for (var p = 0; p < count; p += S.Lanes)
        {
            R total = default;
            for (var i = p; i < V * T; i += T)
                total = S.Add(total, S.Load(_exponentials + i));
            S.Store(total, _perPosition.Total + p);
        }
    }

    /// <summary>
    /// Only the target's e is divided by the total: d(total) = −total^−2 · e·dp, every logit gets e·d(total), and the target's
    /// e·(dp/total + d(total)). Its row comes last in the sum that is dx.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardHead()
    {
        ExactPow.Raise<S, R, ExactPow.InverseSquare>(_perPosition.Total, _perPosition.Slope, 1, _count);
        for (var p = 0; p < _count; p++)
        {
            var e = _exponentials[_targets[p] * T + p];
            var dp = 1 / (e * _perPosition.Inverse[p]) * -(1.0 / _count);
            _perPosition.Slope[p] = -1.0 * _perPosition.Slope[p] * (e * dp);
            _targetGradient[p] = e * (_perPosition.Inverse[p] * dp + _perPosition.Slope[p]);
        }

        for (var p = 0; p < _count; p += S.Lanes)
        {
            var dtotal = S.Load(_perPosition.Slope + p);
            for (var i = p; i < V * T; i += T)
                S.Store(S.Multiply(S.Load(_exponentials + i), dtotal), _dlogits + i);
        }

        SetTargets(_zeros);
        BackwardInput(_head, _dlogits, _dx);
        AddTargetRows();
        SetTargets(_targetGradient);
        BackwardWeights(_head, _dlogits, _x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetTargets(double* gradient)
    {
        for (var p = 0; p < _count; p++)
            _dlogits[_targets[p] * T + p] = gradient[p];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddTargetRows()
    {
        for (var p = 0; p < _count; p++)
            for (var c = 0; c < C; c++)
                _targetRows[c * T + p] = _head.Weights[_targets[p] * C + c];
        for (var p = 0; p < _count; p += S.Lanes)
            for (var c = p; c < C * T; c += T)
                S.Store(S.Add(S.Load(_dx + c), S.Multiply(S.Load(_targetRows + c), S.Load(_targetGradient + p))), _dx + c);
    }
}
