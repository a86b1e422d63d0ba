using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Tests.Data.Prepared;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>Runs on prepared data: from the shards, resumed exactly, and never on other data than before.</summary>
public sealed class PreparedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(BatchKind.Windows)]
    [InlineData(BatchKind.Packed)]
    [InlineData(BatchKind.Documents)]
    public void A_run_stopped_anywhere_and_resumed_equals_the_uninterrupted_one(BatchKind kind)
    {
        var data = PreparedData.Write(_folder, "data");
        using var corpus = PreparedCorpus.Open(data);
        Run(Start(corpus, kind), _folder.File("whole"));
        foreach (var stop in (int[])[0, 1, 4, 5, 11])
        {
            var folder = _folder.File($"stopped-{stop}");
            Assert.False(Run(Start(corpus, kind), folder, stop));
            Assert.True(Run(Trainer.Resume(folder, _device), folder));
            foreach (var file in Directory.GetFiles(_folder.File("whole")))
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(file))));
        }
    }

    [Theory]
    [InlineData(BatchKind.Windows)]
    [InlineData(BatchKind.Packed)]
    [InlineData(BatchKind.Documents)]
    public void It_is_judged_by_what_was_held_back(BatchKind kind)
    {
        using var corpus = PreparedCorpus.Open(PreparedData.Write(_folder, "data"));
        var trainer = Start(corpus, kind);
        Assert.Equal(corpus.Description.Validation.Tokens, trainer.Tokens.ValidationTokens);
        var before = trainer.Validate()?.Loss;
        for (var i = 0; i < 12; i++)
            trainer.TrainStep();
        Assert.InRange(trainer.Validate()!.Value.Loss, 0.1, before!.Value - 0.01);
    }

    [Fact]
    public void Changed_data_is_refused_and_moved_data_found()
    {
        var data = PreparedData.Write(_folder, "data");
        using (var corpus = PreparedCorpus.Open(data))
            Run(Start(corpus, BatchKind.Packed), _folder.File("model"), stop: 5);
        Directory.Move(data, _folder.File("moved"));
        Assert.ThrowsAny<IOException>(() => Trainer.Resume(_folder.File("model"), _device));
        Assert.Equal(5, Trainer.Resume(_folder.File("model"), _device, data: _folder.File("moved")).Step);
        PreparedData.Write(_folder, "data", seed: 2);
        var error = Assert.Throws<InvalidDataException>(() => Trainer.Resume(_folder.File("model"), _device));
        Assert.Contains("is not what the run in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_can_not_be_filled_is_refused_but_for_packed_rows()
    {
        using var corpus = PreparedCorpus.Open(PreparedData.Write(_folder, "data"));
        Assert.Contains("is longer than any document of", Refused(BatchKind.Documents, 200), StringComparison.Ordinal);
        Assert.Contains("tokens to learn from, too few for a context of 5000", Refused(BatchKind.Windows, 5000), StringComparison.Ordinal);
        Start(corpus, BatchKind.Packed, context: 200).TrainStep();

        string Refused(BatchKind kind, int context) => Assert.Throws<ArgumentException>(() => Start(corpus, kind, context)).Message;
    }

    private Trainer Start(PreparedCorpus corpus, BatchKind kind, int context = 6) =>
        Trainer.Start(corpus, kind, TinyModels.Config() with { ContextLength = context }, TinyModels.Options, _device);

    private static bool Run(Trainer trainer, string folder, int stop = int.MaxValue)
    {
        using var observer = new Observer(stop);
        return observer.Watch(trainer, folder);
    }
}
