using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// Muon for some matrices (Jordan et al. 2024, kellerjordan.github.io/posts/muon): the momentum of a matrix's gradient is made
/// orthogonal before it moves the matrix, so that all directions move by the same amount.
/// </summary>
internal sealed class Muon : Optimizer
{
    private readonly Device _device;
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly Func<int, MuonSettings> _settings;
    private readonly Tensor[] _momenta;
    private readonly Tensor[]? _variances;

    /// <param name="parameters">Matrices.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="settings">The settings of a step, 1 for the first.</param>
    /// <param name="isNanochat">Whether it is nanochat's variant (<see cref="MuonUpdate"/>).</param>
    public Muon(IReadOnlyList<Tensor> parameters, Device device, Func<int, MuonSettings> settings, bool isNanochat)
        : base(parameters, device)
    {
        _parameters = parameters;
        _device = device;
        _settings = settings;
        _momenta = [.. parameters.Select(parameter => Tensor.Zeros(device, "momentum." + parameter.Name, parameter.Shape))];
        _variances = isNanochat
            ? [.. parameters.Select(parameter => Tensor.Zeros(device, "variance." + parameter.Name, new Shape(Math.Max(parameter.Shape[0], parameter.Shape.Last))))]
            : null;
    }

    public override IReadOnlyList<Tensor> Moments => [.. _momenta, .. _variances ?? []];

    public override void Step(int step, double learningRate, double gradScale = 1)
    {
        var settings = _settings(step);
        for (var i = 0; i < _parameters.Count; i++)
        {
            var parameter = _parameters[i];
            if (!parameter.HasGrad)
                continue;
            var shapeFactor = Math.Sqrt(Math.Max(1, (double)parameter.Shape[0] / parameter.Shape.Last));
            _device.Update(new MuonUpdate(
                parameter, _momenta[i], _variances?[i], learningRate * shapeFactor, settings.Beta1, settings.Beta2, settings.WeightDecay,
                gradScale));
            parameter.ClearGrad();
        }
    }
}

/// <summary>What Muon is told for a step.</summary>
/// <param name="Beta1">How slowly the momentum forgets.</param>
/// <param name="Beta2">How slowly the mean squares of rows or columns forget, in nanochat's variant.</param>
/// <param name="WeightDecay">How much matrices shrink, times the learning rate.</param>
internal readonly record struct MuonSettings(double Beta1, double Beta2, double WeightDecay);
