using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>Several optimizers, each with some of the parameters and a factor of its own on the learning rate.</summary>
public abstract class GroupedOptimizer : Optimizer
{
    private readonly (Optimizer Optimizer, double RateFactor)[] _groups;

    private protected GroupedOptimizer(
        IReadOnlyList<Tensor> parameters, Device device, IEnumerable<(Optimizer Optimizer, double RateFactor)> groups)
        : base(parameters, device) => _groups = [.. groups];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Moments => [.. _groups.SelectMany(group => group.Optimizer.Moments)];

    /// <inheritdoc/>
    public override void Step(int step, double learningRate, double gradScale = 1)
    {
        foreach (var (optimizer, factor) in _groups)
            optimizer.Step(step, learningRate * factor, gradScale);
    }
}
