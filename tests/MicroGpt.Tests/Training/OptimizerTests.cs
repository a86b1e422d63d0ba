using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

public sealed class OptimizerTests
{
    [Fact]
    public void Nanochats_parameters_have_the_roles_that_nanochat_gives_them()
    {
        using var device = Device.Cpu(threads: 1);
        var config = TinyModels.Config("nanochat");
        var roles = config.Create(device).Parameters.ToLookup(parameter => ParameterRoles.Of(config, parameter), parameter => parameter.Name);
        Assert.Equal(["transformer.wte.weight"], roles[ParameterRole.Embedding]);
        Assert.Equal(["lm_head.weight"], roles[ParameterRole.Head]);
        Assert.Equal(["resid_lambdas"], roles[ParameterRole.ResidualScalars]);
        Assert.Equal(["x0_lambdas"], roles[ParameterRole.FirstInputScalars]);
        Assert.Equal(["backout_lambda", "smear_gate.weight", "smear_lambda"], roles[ParameterRole.SmearOrBackOut].Order(StringComparer.Ordinal));
        Assert.Equal(2, roles[ParameterRole.ValueEmbedding].Count()); // of three layers, the first and the last
        Assert.Equal(3 * 6 + 2, roles[ParameterRole.LayerMatrix].Count()); // with two gates
        Assert.Empty(roles[ParameterRole.Vector]);
    }

    [Theory]
    [InlineData("gpt2", 4)]
    [InlineData("llama", 7)]
    public void Other_models_parameters_have_roles_too(string preset, int matrices)
    {
        using var device = Device.Cpu(threads: 1);
        var config = TinyModels.Config(preset) with { Bias = false };
        var roles = config.Create(device).Parameters.ToLookup(parameter => ParameterRoles.Of(config, parameter));
        Assert.Equal(matrices, roles[ParameterRole.LayerMatrix].Count());
        Assert.Equal(3, roles[ParameterRole.Vector].Count()); // two norms' weights, and the last norm's
    }

    [Fact]
    public void Nanochats_momentum_and_decay_follow_its_schedules()
    {
        var options = new TrainerOptions { Steps = 2000 }.ForNanochat();
        Assert.Equal(0.85, NanochatOptimizer.MuonAt(1, options, 1).Beta1, 1e-12);
        Assert.Equal(0.91, NanochatOptimizer.MuonAt(201, options, 1).Beta1, 1e-12);
        Assert.Equal(0.97, NanochatOptimizer.MuonAt(600, options, 1).Beta1, 1e-12);
        Assert.Equal(0.935, NanochatOptimizer.MuonAt(700 + 650 + 1, options, 1).Beta1, 1e-12);
        Assert.Equal(1, NanochatOptimizer.MuonAt(1, options, 1).WeightDecay, 1e-12);
        Assert.Equal(0.5, NanochatOptimizer.MuonAt(1001, options, 1).WeightDecay, 1e-12);
    }

    [Fact]
    public void Nanochats_decay_at_its_own_size_is_its_own()
    {
        using var device = Device.Cpu(threads: 1);
        var config = GptPresets.Nanochat(32768, depth: 12);
        var numbers = 12.0 * (12 * 12 * 768 * 768 + 6 * 6 * 12 + 32768 * 768);
        var options = new TrainerOptions { BatchSize = 256, Steps = (int)(numbers / (1 << 19)) }.ForNanochat(); // of 2048 tokens
        Assert.Equal(0.28, NanochatOptimizer.FirstWeightDecay(config, device, options), 1e-3);
    }

    [Theory]
    [InlineData(OptimizerKind.Muon, "llama")]
    [InlineData(OptimizerKind.Nanochat, "nanochat")]
    [InlineData(OptimizerKind.Nanochat, "gpt2")]
    public void A_model_learns_with_each(OptimizerKind kind, string preset)
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        var options = TinyModels.Options with { Steps = 60, BatchSize = 8, Optimizer = kind };
        var config = TinyModels.Config(preset) with { Width = 24 };
        var data = Corpus.Load(TinyModels.WriteData(folder, CorpusKind.Text), CorpusKind.Text);
        var trainer = Trainer.Start(data, config, kind == OptimizerKind.Nanochat ? options.ForNanochat() with { LearningRate = 10 } : options, device);
        var first = trainer.TrainStep().TrainLoss;
        var last = 0.0;
        while (trainer.Step < options.Steps)
            last = trainer.TrainStep().TrainLoss;
        Assert.True(last < first - 0.5, $"From {first} to {last}.");
    }

    [Fact]
    public void Muon_is_for_GPTs()
    {
        using var device = Device.Cpu(threads: 1);
        var model = ModelPresets.Create("lstm", 7).Create(device);
        var error = Assert.Throws<ArgumentException>(() => Optimizer.Create(model, new TrainerOptions { Optimizer = OptimizerKind.Muon }));
        Assert.Contains("AdamW", error.Message, StringComparison.Ordinal);
    }
}
