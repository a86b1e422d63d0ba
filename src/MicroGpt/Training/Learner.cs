using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>What a run changes and saves: all of a model, or an adapter to one that stays as it is.</summary>
internal abstract class Learner(ILanguageModel model)
{
    public ILanguageModel Model { get; } = model;

    /// <summary>What the adapter is, where there is one.</summary>
    public virtual LoraConfig? Lora => null;

    /// <summary>What is changed.</summary>
    public abstract IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What a folder held: its adapter, or the model.</summary>
    public static Learner Of(LoadedModel loaded) =>
        loaded.Adapter is { } adapter ? new AdapterLearner(adapter, Path.GetFullPath(loaded.Folder)) : new WholeLearner(loaded.Model);

    /// <summary>A new model, and an adapter for it if one is described.</summary>
    /// <exception cref="ArgumentException">Such a model, or such an adapter, can't be.</exception>
    public static Learner Create(ModelConfig config, Device device, LoraConfig? lora) => Adapted(config.Create(device), lora, "");

    /// <summary>A model, or a new adapter for it if one is described.</summary>
    /// <param name="model">The model.</param>
    /// <param name="lora">The adapter, or null for none.</param>
    /// <param name="folder">Where the model is.</param>
    /// <exception cref="ArgumentException">Such an adapter can't be.</exception>
    public static Learner Adapted(ILanguageModel model, LoraConfig? lora, string folder)
    {
        if (lora is null)
            return new WholeLearner(model);
        if (model is not Gpt gpt)
            throw new ArgumentException($"Adapters are for GPTs; a model of the preset {model.Config.Preset} is trained as a whole.");
        gpt.Adapter = new LoraAdapter(gpt, lora);
        return new AdapterLearner(gpt.Adapter, folder);
    }

    /// <summary>Draws initial values of what is new.</summary>
    public abstract void Initialize(MersenneTwister random);

    public abstract Optimizer CreateOptimizer(TrainerOptions options);

    /// <summary>Deletes the weights in a folder, without which the rest is nothing.</summary>
    public abstract void Delete(string folder);

    public abstract void SaveDescription(string folder, ITokenizer tokenizer, string? chatTemplate);

    public abstract void SaveWeights(string folder, int step);
}

internal sealed class WholeLearner(ILanguageModel model) : Learner(model)
{
    public override IReadOnlyList<Tensor> Parameters => Model.Parameters;

    public override void Initialize(MersenneTwister random) => Model.Initialize(random);

    public override Optimizer CreateOptimizer(TrainerOptions options) => Optimizer.Create(Model, options);

    public override void Delete(string folder)
    {
        PeftAdapter.Delete(folder);
        ModelCheckpoint.Delete(folder);
    }

    public override void SaveDescription(string folder, ITokenizer tokenizer, string? chatTemplate) =>
        ModelCheckpoint.SaveDescription(folder, Model, tokenizer, chatTemplate);

    public override void SaveWeights(string folder, int step) => ModelCheckpoint.SaveWeights(folder, Model, step);
}

/// <param name="adapter">The adapter, which is the model's.</param>
/// <param name="baseModel">The model's folder.</param>
internal sealed class AdapterLearner(LoraAdapter adapter, string baseModel) : Learner(adapter.Model)
{
    public override LoraConfig? Lora => adapter.Config;

    public override IReadOnlyList<Tensor> Parameters => adapter.Parameters;

    public override void Initialize(MersenneTwister random) => adapter.Initialize(random);

    public override Optimizer CreateOptimizer(TrainerOptions options) => options.Optimizer == OptimizerKind.AdamW
        ? new AdamW(adapter.Parameters, adapter.Model.Device, options)
        : throw new ArgumentException($"{options.Optimizer} is for the matrices of a whole model; an adapter is trained with AdamW.");

    public override void Delete(string folder)
    {
        ModelCheckpoint.Delete(folder);
        PeftAdapter.Delete(folder);
    }

    public override void SaveDescription(string folder, ITokenizer tokenizer, string? chatTemplate) =>
        PeftAdapter.SaveDescription(folder, adapter, baseModel, tokenizer, chatTemplate);

    public override void SaveWeights(string folder, int step) => PeftAdapter.SaveWeights(folder, adapter, step);
}
