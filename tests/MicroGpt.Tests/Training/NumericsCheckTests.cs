using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The operation that made the first number which is infinite, or none, is named; the last good checkpoint stays.</summary>
public sealed class NumericsCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_forward_pass_that_overflows_is_named_with_its_layer(bool recompute)
    {
        var trainer = Start(recompute);
        trainer.TrainStep();
        Parameter(trainer, "transformer.h.1.mlp.c_fc.weight").AsSpan<float>().Fill(3e38f); // × some 4 inputs of about 1
        Assert.Matches(
            @"^At step 2, the forward pass of Linear with transformer\.h\.1\.mlp\.c_fc\.weight made the first number that is not finite: (Infinity|-Infinity|NaN), element \d+ of its output \(3, 6, 8\)\. The operation's inputs reach 3E\+38\. Training has diverged\. Try",
            Diverge(trainer, 2));
    }

    [Fact]
    public void An_operation_without_parameters_is_named_by_the_last_one_before_it()
    {
        var trainer = Start();
        Parameter(trainer, "transformer.h.0.attn.c_attn.weight").AsSpan<float>().Fill(1e25f); // finite, but not squared
        Assert.Contains("the forward pass of CausalAttention behind transformer.h.0.attn.c_attn.weight made", Diverge(trainer, 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backward_pass_that_overflows_is_named_with_the_gradient(bool recompute)
    {
        var trainer = Start(recompute);
        // Forward, the large matrix meets zeros; backward, a gradient that the last norm has made large.
        Parameter(trainer, "transformer.ln_f.weight").AsSpan<float>().Fill(1e30f);
        Parameter(trainer, "transformer.h.1.mlp.c_fc.weight").AsSpan<float>().Clear();
        Parameter(trainer, "transformer.h.1.mlp.c_proj.weight").AsSpan<float>().Fill(1e15f);
        var message = Diverge(trainer, 1);
        Assert.StartsWith("At step 1, the backward pass of Linear with transformer.h.1.mlp.c_proj.weight made ", message, StringComparison.Ordinal);
        Assert.Contains(" of the gradient of its input (3, 6, 8). ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_that_overflows_is_named_and_never_saved()
    {
        var options = Options with { LearningRate = 100, WeightDecay = 100, WarmupSteps = 0, SaveInterval = 1, Steps = 500 };
        var errors = ((bool[])[false, true]).Select(check =>
        {
            var folder = _folder.File($"out-{check}");
            var trainer = Start(options: options);
            trainer.ChecksNumerics = check;
            using var observer = new Observer();
            var error = Assert.Throws<TrainingDivergedException>(() => observer.Watch(trainer, folder));
            Assert.Equal(observer.Saves[^1], trainer.SavedStep);
            var loaded = ModelCheckpoint.Load(folder, _device);
            Assert.All(loaded.Model.Parameters, parameter => Assert.Equal(-1, parameter.IndexOfNonFinite()));
            Assert.Equal(trainer.SavedStep, loaded.Step);
            return error;
        }).ToArray();
        Assert.Equal(errors[0].Step, errors[1].Step);
        Assert.StartsWith($"At step {errors[1].Step}, the ", errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_finds_what_the_run_did_not_look_for()
    {
        var options = Options with { LearningRate = 100, WeightDecay = 100, WarmupSteps = 0, SaveInterval = 1, Steps = 500 };
        var folder = _folder.File("out");
        using var observer = new Observer();
        var error = Assert.Throws<TrainingDivergedException>(() => observer.Watch(Start(options: options), folder));
        var resumed = Trainer.Resume(folder, _device);
        resumed.ChecksNumerics = true;
        var found = Assert.Throws<TrainingDivergedException>(() => observer.Watch(resumed, folder));
        Assert.InRange(found.Step, observer.Saves[^1] + 1, error.Step);
        Assert.Contains("made the first number that is not finite", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_is_damaged_already_is_told_as_such()
    {
        var trainer = Start();
        Parameter(trainer, "transformer.wte.weight").AsSpan<float>()[5] = float.NaN;
        Assert.StartsWith("Before step 1, element 5 of transformer.wte.weight (28, 4) is NaN already", Diverge(trainer, 1), StringComparison.Ordinal);
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Save(_folder.File("out")));
        Assert.StartsWith("transformer.wte.weight holds infinite numbers, or none, after step 0", error.Message, StringComparison.Ordinal);
        Assert.False(ModelCheckpoint.Exists(_folder.File("out")));
    }

    [Fact]
    public void Looking_changes_no_number_and_can_be_ended()
    {
        var (with, without) = (Start(), Start());
        with.ChecksNumerics = true;
        without.ChecksNumerics = false;
        for (var step = 0; step < 4; step++)
            Assert.Equal(without.TrainStep(), with.TrainStep());
        with.ChecksNumerics = false;
        Assert.False(with.ChecksNumerics);
        Parameter(with, "transformer.h.0.ln_1.weight").AsSpan<float>().Fill(float.NaN);
        Assert.StartsWith("The loss is no longer a number", Assert.Throws<TrainingDivergedException>(with.TrainStep).Message, StringComparison.Ordinal);
    }

    private static TrainerOptions Options => TinyModels.Options;

    private Trainer Start(bool recompute = false, TrainerOptions? options = null) => Trainer.Start(
        Corpus.Load(TinyModels.WriteData(_folder, CorpusKind.Text), CorpusKind.Text), TinyModels.Config() with { Layers = 2 },
        (options ?? Options) with { Recompute = recompute }, _device);

    private static Tensor Parameter(Trainer trainer, string name) => trainer.Model.Parameters.Single(parameter => parameter.Name == name);

    private static string Diverge(Trainer trainer, int step)
    {
        trainer.ChecksNumerics = true;
        var error = Assert.Throws<TrainingDivergedException>(trainer.TrainStep);
        Assert.Equal(step, error.Step);
        return error.Message;
    }
}
