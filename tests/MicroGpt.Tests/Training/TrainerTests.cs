using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(CorpusKind.Text)]
    [InlineData(CorpusKind.Lines)]
    public void A_model_learns(CorpusKind kind)
    {
        var trainer = TinyModels.Start(TinyModels.WriteData(_folder, kind), kind, _device, TinyModels.Options with { Steps = 200 });
        var before = trainer.Validate()?.Loss;
        Assert.True(Watch(trainer));
        Assert.True(trainer.Validate()!.Value.Loss < 0.95 * before, $"from {before} to {trainer.Validate()}");
    }

    [Fact]
    public void An_observer_sees_every_step_evaluation_and_checkpoint()
    {
        using var observer = new Observer();
        var trainer = TinyModels.Start(TinyModels.WriteData(_folder, CorpusKind.Text), CorpusKind.Text, _device);
        observer.Watch(trainer, _folder.File("out"));
        Assert.Equal(Enumerable.Range(1, 12), observer.Steps);
        Assert.Equal([4, 8, 12], observer.Validations);
        Assert.Equal([5, 10, 12], observer.Saves);
        Assert.Equal(3 * 6, observer.Tokens);
        Assert.Equal([4, 8, 12], trainer.Log.Records.Where(record => record.ValidationLoss is not null).Select(record => record.Step));
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var data = TinyModels.WriteData(_folder, CorpusKind.Text);
        using var two = Device.Cpu(threads: 2);
        using var five = Device.Cpu(threads: 5);
        var runs = ((Device[])[_device, two, five]).Select(device =>
        {
            var trainer = TinyModels.Start(data, CorpusKind.Text, device);
            Watch(trainer);
            return trainer.Model.Parameters.SelectMany(parameter => parameter.AsSpan<float>().ToArray()).ToArray();
        }).ToArray();
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Fact]
    public void A_context_longer_than_any_document_says_what_would_do()
    {
        var error = Assert.Throws<ArgumentException>(() => Start("anna\nben\n", CorpusKind.Lines));
        Assert.Equal(
            "A context of 6 is longer than any document of x.txt: the longest takes 5 positions, so use a context of at most 5.",
            error.Message);
    }

    [Theory]
    [InlineData("abc", "use a context of at most 2")]
    [InlineData("abcdef", "use a context of at most 5")]
    public void A_text_too_short_says_what_would_do(string text, string wayOut)
    {
        var error = Assert.Throws<ArgumentException>(() => Start(text, CorpusKind.Text, fraction: 0));
        Assert.Contains(wayOut, error.Message, StringComparison.Ordinal);
        Start(text + "gh", CorpusKind.Text, context: text.Length - 1, fraction: 0).TrainStep();
    }

    [Fact]
    public void A_batch_that_no_tensor_can_hold_is_refused_before_the_first_step()
    {
        var options = TinyModels.Options with { BatchSize = 1_000_000_000 };
        var error = Assert.Throws<ArgumentException>(
            () => Trainer.Start(Corpus.FromText("x.txt", TinyModels.Text, CorpusKind.Text), TinyModels.Config(), options, _device));
        Assert.StartsWith("A batch of 1000000000 sequences of 6 tokens is too large", error.Message, StringComparison.Ordinal);
        options = TinyModels.Options with { BatchSize = 3, AccumulationSteps = 1_000_000_000 };
        error = Assert.Throws<ArgumentException>(
            () => Trainer.Start(Corpus.FromText("x.txt", TinyModels.Text, CorpusKind.Text), TinyModels.Config(), options, _device));
        Assert.Equal(
            "A step of 1000000000 batches of 3 sequences is too large; 119304419 batches are the most that can be.", error.Message);
    }

    [Fact]
    public void A_huge_learning_rate_diverges_and_leaves_the_previous_checkpoint_whole()
    {
        var options = TinyModels.Options with { Steps = 500, LearningRate = 100, WeightDecay = 100, WarmupSteps = 0, SaveInterval = 1 };
        var trainer = TinyModels.Start(TinyModels.WriteData(_folder, CorpusKind.Text), CorpusKind.Text, _device, options);
        using var observer = new Observer();
        var error = Assert.Throws<TrainingDivergedException>(() => observer.Watch(trainer, _folder.File("out")));
        Assert.Contains("Try a lower learning rate", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Step - 1, observer.Saves[^1]);
        Assert.Equal(error.Step - 1, ModelCheckpoint.Load(_folder.File("out"), _device).Step);
        Assert.Equal(error.Step - 1, Trainer.Resume(_folder.File("out"), _device).Step);
    }

    [Fact]
    public void Without_validation_data_nothing_is_judged()
    {
        var trainer = Start(TinyModels.Lines, CorpusKind.Lines, fraction: 0);
        using var observer = new Observer();
        observer.Watch(trainer);
        Assert.Empty(observer.Validations);
        Assert.Null(trainer.Validate());
    }

    private static bool Watch(Trainer trainer)
    {
        using var observer = new Observer();
        return observer.Watch(trainer);
    }

    private Trainer Start(string text, CorpusKind kind, int context = 6, double fraction = 0.2) => Trainer.Start(
        Corpus.FromText("x.txt", text, kind), TinyModels.Config() with { ContextLength = context },
        TinyModels.Options with { ValidationFraction = fraction }, _device);
}
