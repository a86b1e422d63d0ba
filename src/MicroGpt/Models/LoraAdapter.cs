using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// An adapter for a GPT (Hu et al. 2021): small matrices beside large ones. Set it as the model's <see cref="Gpt.Adapter"/> to use it,
/// and another, or null, to switch; a model may have any number of them.
/// </summary>
public sealed class LoraAdapter
{
    private readonly LowRankUpdate[] _updates;
    private readonly (Tensor OfModel, Tensor Other)[] _biases; // learned: whichever values are not in use are in the other
    private bool[]? _requiredGrads; // of the model's parameters, while attached

    /// <summary>An adapter that adds nothing: call <see cref="Initialize"/>, or load one.</summary>
    /// <param name="model">The model that it is for.</param>
    /// <param name="config">Which linear maps, and how narrow.</param>
    /// <exception cref="ArgumentException">No linear map is a target, or the configuration is impossible.</exception>
    public LoraAdapter(Gpt model, LoraConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        (Model, Config) = (model, config.Validate());
        _updates =
        [
            .. model.LinearLayers.Where(layer => config.IsTarget(layer.Name))
                .Select((layer, place) => new LowRankUpdate(layer, model.Device, config, place)),
        ];
        if (_updates.Length == 0)
            throw new ArgumentException(
                $"The model has no linear map called {string.Join(" or ", config.TargetModules)}; it has {string.Join(", ", TargetNames(model.LinearLayers))}.");
        _biases = [.. LearnedBiases().Select(bias => (bias, Tensor.Zeros(model.Device, bias.Name, bias.Shape)))];
        foreach (var (ofModel, other) in _biases.Where(_ => !model.Device.IsMeta))
            ofModel.Bytes.CopyTo(other.Bytes);
        Parameters = [.. _updates.SelectMany(update => update.Parameters), .. _biases.Select(bias => bias.OfModel)];
    }

    /// <summary>The model that it is for.</summary>
    public Gpt Model { get; }

    /// <summary>Which linear maps, and how narrow.</summary>
    public LoraConfig Config { get; }

    /// <summary>What is learned, while the adapter is the model's: its matrices, and biases of the model.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The number of numbers to learn.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Shape.Count);

    /// <summary>The last parts of the adapted maps' names, each once: what PEFT writes as target modules.</summary>
    public IReadOnlyList<string> TargetModules => [.. TargetNames(_updates.Select(update => update.Layer))];

    /// <summary>The adapter's values by name, whether it is attached or not; in the order of <see cref="Parameters"/>.</summary>
    internal IReadOnlyList<Tensor> Values =>
        [.. _updates.SelectMany(update => update.Parameters), .. _biases.Select(bias => IsAttached ? bias.OfModel : bias.Other)];

    private bool IsAttached => _requiredGrads is not null;

    /// <summary>Draws initial matrices, with which the adapter still adds nothing.</summary>
    public void Initialize(MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (var update in _updates)
            update.Initialize(random);
    }

    /// <summary>Adds the adapter to the model's own weights, so that using it costs nothing more.</summary>
    public void Merge() => ChangeWeights((update, tape) => update.Merge(tape));

    /// <summary>Takes a merged adapter out of the model's weights, but for rounding.</summary>
    /// <exception cref="InvalidOperationException">With DoRA: it was not merged by this object, so the rows' former lengths are not known.</exception>
    public void Unmerge() => ChangeWeights((update, tape) => update.Unmerge(tape));

    internal void Attach()
    {
        foreach (var update in _updates)
        {
            update.Layer.Update = update;
            update.Refresh();
        }

        SwapBiases();
        _requiredGrads = [.. Model.Parameters.Select(parameter => parameter.RequiresGrad)];
        foreach (var parameter in Model.Parameters)
            parameter.RequiresGrad = false;
        foreach (var parameter in Parameters)
            parameter.RequiresGrad = true;
    }

    internal void Detach()
    {
        foreach (var update in _updates)
            update.Layer.Update = null;
        SwapBiases();
        foreach (var (parameter, required) in Model.Parameters.Zip(_requiredGrads!))
            parameter.RequiresGrad = required;
        _requiredGrads = null;
    }

    private void ChangeWeights(Action<LowRankUpdate, Tape> change)
    {
        if (Model.Adapter == this)
            Model.Adapter = null;
        var tape = new Tape(Model.Device, recording: false);
        foreach (var update in _updates)
            change(update, tape);
        SwapBiases();
    }

    private void SwapBiases()
    {
        foreach (var (ofModel, other) in _biases.Where(_ => !Model.Device.IsMeta))
        {
            var kept = ofModel.Bytes.ToArray();
            other.Bytes.CopyTo(ofModel.Bytes);
            kept.CopyTo(other.Bytes);
        }
    }

    private IEnumerable<Tensor> LearnedBiases() => Config.Bias switch
    {
        LoraBias.All => Model.Parameters.Where(parameter => parameter.Name.EndsWith(".bias", StringComparison.Ordinal)),
        LoraBias.LoraOnly => _updates.Select(update => update.Layer.Bias).OfType<Tensor>(),
        _ => [],
    };

    private static IEnumerable<string> TargetNames(IEnumerable<LinearLayer> layers) =>
        layers.Select(layer => layer.Name[(layer.Name.LastIndexOf('.') + 1)..]).Distinct();
}
