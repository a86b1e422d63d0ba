using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// The optimizer: Adam (Kingma, Ba 2015) with decoupled weight decay (Loshchilov, Hutter 2019). Only matrices decay; norms'
/// weights and biases do not.
/// </summary>
public sealed class AdamW
{
    private readonly Device _device;
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly TrainerOptions _options;
    private readonly Tensor[] _means;
    private readonly Tensor[] _variances;

    /// <summary>An optimizer for some parameters, with zero moments.</summary>
    public AdamW(IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        _device = device;
        _options = options;
        _means = [.. parameters.Select(parameter => Tensor.Zeros(device, "mean." + parameter.Name, parameter.Shape))];
        _variances = [.. parameters.Select(parameter => Tensor.Zeros(device, "variance." + parameter.Name, parameter.Shape))];
    }

    /// <summary>The optimizer's memory, by name, for checkpoints.</summary>
    public IReadOnlyList<Tensor> Moments => [.. _means, .. _variances];

    /// <summary>The Euclidean norm of all gradients together.</summary>
    public double GradientNorm()
    {
        var squares = 0.0;
        for (var i = 0; i < _parameters.Count; i++) // an enumerator behind an interface would be allocated
            if (_parameters[i].HasGrad)
                squares += _device.SumOfSquares(_parameters[i].Grad!);
        return Math.Sqrt(squares);
    }

    /// <summary>The first parameter or moment that holds something that is no finite number, or null.</summary>
    internal Tensor? FindNonFinite() => _parameters.Concat(Moments).FirstOrDefault(tensor => tensor.IndexOfNonFinite() >= 0);

    /// <summary>Moves every parameter that has a gradient and forgets the gradients.</summary>
    /// <param name="step">Which step this is, 1 for the first.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="gradScale">What to multiply gradients by first: less than 1 to clip them.</param>
    public void Step(int step, double learningRate, double gradScale = 1)
    {
        var meanBias = 1 - Math.Pow(_options.Beta1, step);
        var varianceBias = 1 - Math.Pow(_options.Beta2, step);
        for (var i = 0; i < _parameters.Count; i++)
        {
            var parameter = _parameters[i];
            if (!parameter.HasGrad)
                continue;
            _device.Update(new AdamWUpdate(
                parameter, _means[i], _variances[i], learningRate, _options.Beta1, _options.Beta2, _options.Epsilon,
                parameter.Shape.Rank > 1 ? _options.WeightDecay : 0, gradScale, meanBias, varianceBias));
            parameter.ClearGrad();
        }
    }
}
