using MicroGpt.Numerics;

namespace MicroGpt.Inference;

/// <summary>Chooses tokens from scores: temperature, then the k best, then the best that reach p, then chance.</summary>
/// <param name="options">How.</param>
/// <param name="random">The chance.</param>
public sealed class Sampler(SamplerOptions options, MersenneTwister random)
{
    private readonly SamplerOptions _options = options.Validate();
    private double[] _weights = [];
    private int[] _order = [];

    /// <summary>The next token.</summary>
    /// <param name="logits">The model's scores of one position, (V).</param>
    /// <exception cref="ArgumentException">There are no scores, or they are not numbers.</exception>
    public int Next(ReadOnlySpan<double> logits)
    {
        if (logits.IsEmpty)
            throw new ArgumentException("There are no scores to choose from.", nameof(logits));
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best] || double.IsNaN(logits[i]))
                best = i; // not a number stays the best, and is found out below
        if (!double.IsFinite(logits[best]))
            throw new ArgumentException("The model's scores are not numbers: its weights are damaged, or training has diverged.", nameof(logits));
        if (_options.Temperature == 0 || double.IsInfinity(logits[best] / _options.Temperature))
            return best;

        if (_weights.Length != logits.Length)
            (_weights, _order) = (new double[logits.Length], new int[logits.Length]);
        var total = 0.0;
        for (var i = 0; i < logits.Length; i++)
            total += _weights[i] = Math.Exp(logits[i] / _options.Temperature - logits[best] / _options.Temperature);
        for (var i = 0; i < logits.Length; i++)
            _weights[i] /= total;
        if (_options.TopP < 1 || (_options.TopK > 0 && _options.TopK < logits.Length))
            KeepBest();
        return random.NextIndex(_weights);
    }

    /// <summary>Sets the weights of all but the best to zero. Among equals the lower id is the better.</summary>
    private void KeepBest()
    {
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        _order.AsSpan().Sort((a, b) => _weights[b] != _weights[a] ? _weights[b].CompareTo(_weights[a]) : a.CompareTo(b));

        var kept = 0;
        var limit = _options.TopK > 0 ? Math.Min(_options.TopK, _order.Length) : _order.Length;
        var considered = 0.0; // top-p is a share of what top-k leaves
        for (var i = 0; i < limit; i++)
            considered += _weights[_order[i]];
        for (var sum = 0.0; kept < limit && (kept == 0 || sum < _options.TopP * considered); kept++)
            sum += _weights[_order[kept]];
        foreach (var dropped in _order.AsSpan(kept))
            _weights[dropped] = 0;
    }
}
