using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>Plain Muon for the matrices of a GPT's layers, AdamW for embeddings, head and vectors.</summary>
public sealed class MuonWithAdamW : GroupedOptimizer
{
    private const double Momentum = 0.95;

    /// <summary>An optimizer for a model's parameters.</summary>
    /// <param name="config">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="options">The learning rate is AdamW's; Muon's stands in the same ratio to it at every step.</param>
    public MuonWithAdamW(GptConfig config, IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
        : base(parameters, device, Groups(config, parameters, device, options))
    {
    }

    private static IEnumerable<(Optimizer, double)> Groups(
        GptConfig config, IReadOnlyList<Tensor> parameters, Device device, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var byMuon = parameters.ToLookup(parameter => ParameterRoles.Of(config, parameter) == ParameterRole.LayerMatrix);
        var settings = new MuonSettings(Momentum, 0, options.WeightDecay);
        yield return (new AdamW([.. byMuon[false]], device, options), 1);
        yield return (new Muon([.. byMuon[true]], device, _ => settings, isNanochat: false), options.MuonLearningRate / options.LearningRate);
    }
}
