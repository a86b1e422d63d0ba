using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>What is predicted is what training then takes, byte for byte.</summary>
public sealed class TrainingMemoryTests
{
    [Theory]
    [InlineData("gpt2", 2, false, 1, DType.Float32)]
    [InlineData("gpt2", 2, true, 1, DType.Float32)]
    [InlineData("gpt2", 7, true, 3, DType.Float32)]
    [InlineData("gpt2", 5, false, 2, DType.Float64)]
    [InlineData("llama", 4, false, 1, DType.Float32)]
    [InlineData("llama", 4, true, 2, DType.Float32)]
    [InlineData("nanochat", 4, false, 2, DType.Float32)]
    [InlineData("nanochat", 3, true, 1, DType.Float64)]
    [InlineData("microgpt-50m", 2, true, 1, DType.Float32)]
    [InlineData("qwen3-0.6b", 2, false, 2, DType.Float32)]
    [InlineData("microgpt", 1, false, 1, DType.Float32)]
    [InlineData("microgpt", 16, true, 2, DType.Float32)]
    [InlineData("rnn", 33, false, 2, DType.Float32)]
    [InlineData("gru", 5, false, 3, DType.Float64)]
    [InlineData("lstm", 32, false, 2, DType.Float32)]
    [InlineData("mlp", 8, false, 2, DType.Float32)]
    [InlineData("bigram", 8, false, 1, DType.Float32)]
    [InlineData("llama", 4, false, 2, DType.Float32, OptimizerKind.Muon)]
    [InlineData("nanochat", 4, false, 2, DType.Float32, OptimizerKind.Nanochat)]
    public void The_prediction_is_what_is_measured(
        string preset, int batch, bool recompute, int threads, DType dtype, OptimizerKind kind = OptimizerKind.AdamW)
    {
        using var device = Device.Cpu(dtype, threads);
        var config = ModelPresets.Create(preset, 61) with { ContextLength = 40 };
        if (config is GptConfig gpt)
            config = gpt with { Layers = 3, Heads = 4, KeyValueHeads = 2, Width = 48 };
        var options = new TrainerOptions { BatchSize = batch, Recompute = recompute, Optimizer = kind };
        var predicted = TrainingMemory.Predict(config, options, device);

        var model = config.Create(device);
        model.Initialize(new MersenneTwister(1));
        var optimizer = Optimizer.Create(model, options);
        var tape = new Tape(device) { Recomputes = recompute };
        for (var step = 1; step <= 3; step++)
        {
            tape.Reset();
            var (ids, targets) = (Ids(), Ids());
            tape.Backward(tape.CrossEntropy(model.Forward(tape, ids), targets));
            Assert.Equal(predicted.Gradients, Bytes(model.Parameters.Select(parameter => parameter.Grad!)));
            optimizer.Step(step, 1e-3, 1 / (1 + optimizer.GradientNorm()));
        }

        Assert.Equal(predicted.Weights, Bytes(model.Parameters));
        Assert.Equal(predicted.Optimizer, Bytes(optimizer.Moments));
        Assert.Equal(predicted.Activations, tape.PeakBytes);
        Assert.Equal(predicted.Workspace, device.WorkspaceBytes);

        Tensor Ids() => tape.Integers(TinyModels.RandomIds(batch * 40, 61), new Shape(batch, 40));
    }

    [Theory]
    [InlineData(CorpusKind.Text)]
    [InlineData(CorpusKind.Lines)]
    public void A_whole_run_takes_no_more_than_its_trainer_says(CorpusKind kind)
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 2);
        foreach (var recompute in (bool[])[false, true])
        {
            var options = TinyModels.Options with { Recompute = recompute, AccumulationSteps = 2, ValidationFraction = 0.4 };
            var trainer = TinyModels.Start(TinyModels.WriteData(folder, kind), kind, device, options);
            using var observer = new Observer();
            observer.Watch(trainer);
            // An evaluation has the losses of a batch a second time, for bits a byte.
            Assert.InRange(trainer.ActivationBytes, 0.5 * trainer.Memory.Activations, 1.05 * trainer.Memory.Activations);
            Assert.True(kind == CorpusKind.Lines || trainer.ActivationBytes == trainer.Memory.Activations);
        }
    }

    [Fact]
    public void Gpt2_is_predicted_at_once_and_without_its_memory()
    {
        using var device = Device.Cpu(threads: 1);
        var config = GptPresets.Gpt2(50257);
        var options = new TrainerOptions { BatchSize = 1 };
        var before = Storage.Room;
        var all = TrainingMemory.Predict(config, options, device);
        Assert.InRange(before - Storage.Room, long.MinValue, 64 << 20);
        Assert.Equal(124_439_808 * 4L, all.Weights);
        Assert.Equal((all.Weights, 2 * all.Weights), (all.Gradients, all.Optimizer));
        var some = TrainingMemory.Predict(config, options with { Recompute = true }, device);
        Assert.True(some.Activations < 0.6 * all.Activations, $"{some.Activations} instead of {all.Activations}");
        Assert.InRange(all.Total, 2L << 30, 6L << 30); // trains in 6 GB
    }

    [Fact]
    public void A_run_that_does_not_fit_is_refused_with_what_would()
    {
        using var device = Device.Cpu(threads: 1);
        var config = GptPresets.Gpt2(50257) with { ContextLength = 64 };
        // As many sequences as are somewhat too many for this machine, in the small share of it that they take when recomputed.
        var perSequence = TrainingMemory.Predict(config, new TrainerOptions { BatchSize = 2 }, device).Activations
            - TrainingMemory.Predict(config, new TrainerOptions { BatchSize = 1 }, device).Activations;
        var options = new TrainerOptions { BatchSize = (int)(Storage.Room / perSequence) / 16 * 16 + 32 };
        var error = Refused(config, options);
        Assert.StartsWith($"Training this model with batches of {options.BatchSize} takes ", error, StringComparison.Ordinal);
        Assert.Contains("The same run in less memory, ", error, StringComparison.Ordinal);
        Assert.EndsWith($": --batch {options.BatchSize / 2} --accumulate 2.", error, StringComparison.Ordinal);

        Assert.EndsWith("or fewer layers.", Refused(config with { Layers = 9999 }, new TrainerOptions { BatchSize = 4 }), StringComparison.Ordinal);

        string Refused(GptConfig config, TrainerOptions options) => Assert.Throws<InsufficientMemoryException>(
            () => TrainingMemory.CheckFits(options, tried => TrainingMemory.Predict(config, tried, device))).Message;
    }

    [Fact]
    public void Where_one_sequence_is_too_much_recomputation_is_the_way_out()
    {
        using var device = Device.Cpu(threads: 1);
        var config = GptPresets.Gpt2(100) with { ContextLength = 20_000, Width = 48, Layers = 1 };
        var options = new TrainerOptions { BatchSize = 1 };
        var perLayer = TrainingMemory.Predict(config with { Layers = 2 }, options, device).Activations
            - TrainingMemory.Predict(config, options, device).Activations;
        config = config with { Layers = (int)(1.2 * Storage.Room / perLayer) };
        Assert.SkipUnless(config.Layers <= 10_000, "This machine is too large.");
        var error = Assert.Throws<InsufficientMemoryException>(
            () => TrainingMemory.CheckFits(options, tried => TrainingMemory.Predict(config, tried, device)));
        Assert.EndsWith(": --recompute.", error.Message, StringComparison.Ordinal);
    }

    private static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => (long)tensor.Bytes.Length);
}
