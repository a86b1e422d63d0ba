using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>Moves a model's parameters against their gradients.</summary>
public abstract class Optimizer
{
    private readonly Device _device;
    private readonly IReadOnlyList<Tensor> _parameters;

    private protected Optimizer(IReadOnlyList<Tensor> parameters, Device device)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(device);
        (_parameters, _device) = (parameters, device);
    }

    /// <summary>The optimizer's memory, by name, for checkpoints.</summary>
    public abstract IReadOnlyList<Tensor> Moments { get; }

    /// <summary>The optimizer that the options ask for.</summary>
    /// <exception cref="ArgumentException">It is not for models of this kind.</exception>
    public static Optimizer Create(ILanguageModel model, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return (options.Optimizer, model.Config) switch
        {
            (OptimizerKind.AdamW, _) => new AdamW(model.Parameters, model.Device, options),
            (OptimizerKind.Muon, GptConfig config) => new MuonWithAdamW(config, model.Parameters, model.Device, options),
            (OptimizerKind.Nanochat, GptConfig config) => new NanochatOptimizer(config, model.Parameters, model.Device, options),
            _ => throw new ArgumentException($"{options.Optimizer} is for the matrices of a GPT's layers; a model of the preset {model.Config.Preset} is trained with AdamW."),
        };
    }

    /// <summary>The Euclidean norm of all gradients together.</summary>
    public double GradientNorm()
    {
        var squares = 0.0;
        for (var i = 0; i < _parameters.Count; i++) // an enumerator behind an interface would be allocated
            if (_parameters[i].HasGrad)
                squares += _device.SumOfSquares(_parameters[i].Grad!);
        return Math.Sqrt(squares);
    }

    /// <summary>Moves every parameter that has a gradient and forgets the gradients.</summary>
    /// <param name="step">Which step this is, 1 for the first.</param>
    /// <param name="learningRate">The step's learning rate; where groups have rates of their own, what to multiply them by.</param>
    /// <param name="gradScale">What to multiply gradients by first: less than 1 to clip them.</param>
    public abstract void Step(int step, double learningRate, double gradScale = 1);

    /// <summary>The first parameter or moment that holds something that is no finite number, or null.</summary>
    internal Tensor? FindNonFinite() => _parameters.Concat(Moments).FirstOrDefault(tensor => tensor.IndexOfNonFinite() >= 0);
}
