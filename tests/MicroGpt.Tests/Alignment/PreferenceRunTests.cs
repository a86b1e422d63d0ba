using MicroGpt.Alignment;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Alignment;

/// <summary>Pairs of replies are learned, compared with where the model began.</summary>
public sealed class PreferenceRunTests : IDisposable
{
    private static readonly AlignmentOptions s_dpo = new() { Method = AlignmentMethod.Dpo };

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);
    private readonly string _model;
    private readonly string _pairs;

    public PreferenceRunTests()
    {
        _model = AlignmentModels.Write(_folder);
        _pairs = _folder.File("pairs.jsonl");
        // Short and friendly is preferred.
        File.WriteAllLines(_pairs, Enumerable.Range(0, 10).Select(i =>
            $$"""{"prompt": "Is {{i}} odd?", "chosen": "{{(i % 2 == 0 ? "No" : "Yes")}}, my dear.", "rejected": "{{(i % 2 == 0 ? "Yes" : "No")}}, go away {{i}}!"}"""));
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_chosen_is_preferred_more_and_more_and_the_start_stays_as_it_was(bool withAdapter)
    {
        var before = File.ReadAllBytes(Path.Combine(_model, ModelCheckpoint.WeightsFile));
        var run = (PreferenceRun)Start(withAdapter);
        var start = run.Judge(heldBack: false);
        Assert.Equal(Math.Log(2), start.Loss, 1e-6);
        Assert.Equal(0, start.Margin, 1e-5);
        var (first, held) = (run.TrainStep(), run.Validate());
        while (run.Step < run.Options.Steps)
            run.TrainStep();
        var after = run.Judge(heldBack: false);
        Assert.Equal(1, after.Accuracy);
        Assert.True(after.Margin > first.Measures[1] + 1, $"The margin went from {first.Measures[1]} to {after.Margin}.");
        Assert.True(after.Loss < first.TrainLoss - 0.05, $"The loss went from {first.TrainLoss} to {after.Loss}.");
        Assert.True(run.Validate()!.Value.Loss < held!.Value.Loss, "Pairs that were held back are preferred too.");
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_model, ModelCheckpoint.WeightsFile)));
        if (withAdapter)
            Assert.Equal(Weights((Gpt)ModelCheckpoint.Load(_model, _device).Model), Weights(Bare((Gpt)run.Model)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_stopped_anywhere_and_resumed_equals_the_uninterrupted_one(bool withAdapter) =>
        AlignmentModels.GoesOnExactly(_folder, () => Start(withAdapter), folder => AlignmentRun.Resume(folder, _device), withAdapter);

    [Fact]
    public void The_sum_of_parts_is_the_step()
    {
        var (whole, parts) = (Start(false, AlignmentModels.Options with { BatchSize = 4 }), Start(false, AlignmentModels.Options with { BatchSize = 2, AccumulationSteps = 2 }));
        var (a, b) = (whole.TrainStep(), parts.TrainStep());
        Assert.Equal(a.TrainLoss, b.TrainLoss, 1e-6);
        Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-5);
    }

    [Fact]
    public void A_reference_that_has_changed_is_noticed()
    {
        var folder = _folder.File("run");
        Assert.False(AlignmentModels.Run(Start(false), folder, 3));
        File.WriteAllText(_folder.File("other.jsonl"), """{"prompt": "a", "chosen": "b", "rejected": "c"}""");
        Assert.Contains("not what the run", Assert.Throws<InvalidDataException>(() => AlignmentRun.Resume(folder, _device, data: _folder.File("other.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "is not there, or not all of it: put it back, or say with --data", Assert.ThrowsAny<IOException>(() => AlignmentRun.Resume(folder, _device, data: _folder.File("gone.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains("microgpt align --resume", Assert.Throws<InvalidDataException>(() => Trainer.Resume(folder, _device)).Message, StringComparison.Ordinal);
        var model = ModelCheckpoint.Load(_model, _device);
        model.Model.Parameters[0][0] += 1;
        ModelCheckpoint.SaveWeights(_model, model.Model, 1);
        Assert.Contains("began with any more", Assert.Throws<InvalidDataException>(() => AlignmentRun.Resume(folder, _device)).Message, StringComparison.Ordinal);
        Directory.Delete(_model, recursive: true);
        Assert.Contains("its reference, can't be read: put it back there", Assert.ThrowsAny<IOException>(() => AlignmentRun.Resume(folder, _device)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_that_are_too_long_are_left_out_and_counted()
    {
        File.AppendAllText(_pairs, $$"""{"prompt": "x", "chosen": "{{new string('y', 100)}}", "rejected": "z"}""");
        Assert.Contains("1 pairs were left out", Assert.Single(Start(false).Remarks), StringComparison.Ordinal);
        File.WriteAllText(_pairs, $$"""{"prompt": "x", "chosen": "{{new string('y', 100)}}", "rejected": "z"}""");
        Assert.Contains("All 1 pairs", Assert.Throws<ArgumentException>(() => Start(false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_together_is_told()
    {
        var loaded = ModelCheckpoint.Load(_model, _device);
        Assert.Contains("--data FILE", Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, null, s_dpo, AlignmentModels.Options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, _pairs, s_dpo with { Beta = 0 }, AlignmentModels.Options));
        AlignmentModels.Run(Start(true), _folder.File("adapter"));
        Assert.Contains("microgpt merge", Assert.Throws<ArgumentException>(
            () => AlignmentRun.Start(ModelCheckpoint.Load(_folder.File("adapter"), _device), _pairs, s_dpo, AlignmentModels.Options)).Message, StringComparison.Ordinal);
    }

    private AlignmentRun Start(bool withAdapter, TrainerOptions? options = null) => AlignmentRun.Start(
        ModelCheckpoint.Load(_model, _device), _pairs, s_dpo, options ?? AlignmentModels.Options with { Steps = withAdapter ? 40 : 12 }, withAdapter ? AlignmentModels.Lora : null);

    private static Gpt Bare(Gpt model)
    {
        model.Adapter = null;
        return model;
    }

    private static byte[] Weights(Gpt model) => [.. model.Parameters.SelectMany(parameter => parameter.Bytes.ToArray())];
}
