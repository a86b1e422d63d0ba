using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// Adam (Kingma, Ba 2015) with decoupled weight decay (Loshchilov, Hutter 2019). Only matrices decay; norms' weights and biases do not.
/// </summary>
public sealed class AdamW : Optimizer
{
    private readonly Device _device;
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly AdamWSettings _settings;
    private readonly Tensor[] _means;
    private readonly Tensor[] _variances;

    /// <summary>An optimizer for some parameters, with zero moments.</summary>
    public AdamW(IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
        : this(parameters, device, AdamWSettings.Of(options))
    {
    }

    internal AdamW(IReadOnlyList<Tensor> parameters, Device device, AdamWSettings settings)
        : base(parameters, device)
    {
        _parameters = parameters;
        _device = device;
        _settings = settings;
        _means = [.. parameters.Select(parameter => Tensor.Zeros(device, "mean." + parameter.Name, parameter.Shape))];
        _variances = [.. parameters.Select(parameter => Tensor.Zeros(device, "variance." + parameter.Name, parameter.Shape))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Moments => [.. _means, .. _variances];

    /// <inheritdoc/>
    public override void Step(int step, double learningRate, double gradScale = 1)
    {
        var meanBias = 1 - Math.Pow(_settings.Beta1, step);
        var varianceBias = 1 - Math.Pow(_settings.Beta2, step);
        for (var i = 0; i < _parameters.Count; i++)
        {
            var parameter = _parameters[i];
            if (!parameter.HasGrad)
                continue;
            _device.Update(new AdamWUpdate(
                parameter, _means[i], _variances[i], learningRate, _settings.Beta1, _settings.Beta2, _settings.Epsilon,
                parameter.Shape.Rank > 1 || _settings.DecaysVectors ? _settings.WeightDecay : 0, gradScale, meanBias, varianceBias));
            parameter.ClearGrad();
        }
    }
}

/// <summary>What AdamW is told once.</summary>
/// <param name="Beta1">How slowly the mean of gradients forgets.</param>
/// <param name="Beta2">How slowly the mean of squared gradients forgets.</param>
/// <param name="Epsilon">What keeps the division finite.</param>
/// <param name="WeightDecay">How much parameters shrink, times the learning rate.</param>
/// <param name="DecaysVectors">Whether those that are no matrices do too.</param>
internal readonly record struct AdamWSettings(
    double Beta1, double Beta2, double Epsilon, double WeightDecay, bool DecaysVectors = false)
{
    public static AdamWSettings Of(TrainerOptions options) => options is null
        ? throw new ArgumentNullException(nameof(options))
        : new(options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay);
}
