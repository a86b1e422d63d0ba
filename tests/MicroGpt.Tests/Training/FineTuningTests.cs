using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Data.Prepared;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>A trained model learns on, as a whole or by an adapter, and either run goes on where it was stopped.</summary>
public sealed class FineTuningTests : IDisposable
{
    private static readonly LoraConfig s_lora = new() { Rank = 2, Bias = LoraBias.All };

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);
    private readonly string _data;
    private readonly string _base;

    public FineTuningTests()
    {
        _data = PreparedData.Write(_folder, "data");
        _base = _folder.File("base");
        using var corpus = PreparedCorpus.Open(_data);
        Run(Trainer.Start(corpus, BatchKind.Windows, TinyModels.Config(), TinyModels.Options, _device), _base);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_run_stopped_anywhere_and_resumed_equals_the_uninterrupted_one(bool withAdapter, bool withDoraAndDropout)
    {
        using var corpus = PreparedCorpus.Open(_data);
        var lora = withAdapter ? s_lora with { UseDora = withDoraAndDropout, Dropout = withDoraAndDropout ? 0.3 : 0 } : null;
        var weights = withAdapter ? PeftAdapter.WeightsFile : ModelCheckpoint.WeightsFile;
        var ofBase = File.ReadAllBytes(Path.Combine(_base, ModelCheckpoint.WeightsFile));
        Run(Start(corpus, lora), _folder.File("whole"));
        Assert.NotEqual(ofBase, File.ReadAllBytes(Path.Combine(_folder.File("whole"), weights)));
        foreach (var stop in (int[])[0, 1, 5, 11])
        {
            var folder = _folder.File($"stopped-{stop}");
            Assert.False(Run(Start(corpus, lora), folder, stop));
            Assert.True(Run(Trainer.Resume(folder, _device), folder));
            foreach (var file in Directory.GetFiles(_folder.File("whole")))
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(file))));
        }

        Assert.Equal(ofBase, File.ReadAllBytes(Path.Combine(_base, ModelCheckpoint.WeightsFile)));
    }

    [Fact]
    public void It_starts_where_the_model_is()
    {
        using var corpus = PreparedCorpus.Open(_data);
        var expected = Trainer.Resume(_base, _device, steps: 100).Validate();
        Assert.Equal(expected, Start(corpus, null, BatchKind.Windows).Validate());
        Assert.Equal(expected, Start(corpus, s_lora, BatchKind.Windows).Validate());
    }

    [Fact]
    public void An_adapters_folder_is_loaded_with_its_model()
    {
        using var corpus = PreparedCorpus.Open(_data);
        var trainer = Start(corpus, s_lora);
        Run(trainer, _folder.File("adapter"));
        var loaded = ModelCheckpoint.Load(_folder.File("adapter"), _device);
        Assert.Equal(TinyModels.Options.Steps, loaded.Step);
        Assert.Equal(2, loaded.Adapter!.Config.Rank);
        Assert.Equal(trainer.Validate(), Trainer.FineTune(loaded, corpus, BatchKind.Packed, TinyModels.Options).Validate());
        Assert.False(ModelCheckpoint.Exists(_folder.File("adapter")));
    }

    [Fact]
    public void An_adapter_that_drops_learns_the_same_with_any_number_of_threads_and_with_layers_computed_again()
    {
        using var corpus = PreparedCorpus.Open(_data);
        var lora = s_lora with { UseDora = true, Dropout = 0.3 };
        Run(Start(corpus, lora), _folder.File("one"));
        var expected = File.ReadAllBytes(Path.Combine(_folder.File("one"), PeftAdapter.WeightsFile));
        Run(Start(corpus, s_lora with { UseDora = true }), _folder.File("undropped"));
        Assert.NotEqual(expected, File.ReadAllBytes(Path.Combine(_folder.File("undropped"), PeftAdapter.WeightsFile)));
        using var two = Device.Cpu(threads: 2);
        foreach (var recompute in (bool[])[false, true])
        {
            var folder = _folder.File($"two-{recompute}");
            Run(Trainer.FineTune(ModelCheckpoint.Load(_base, two), corpus, BatchKind.Packed, TinyModels.Options with { Recompute = recompute }, lora), folder);
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, PeftAdapter.WeightsFile)));
        }
    }

    [Fact]
    public void An_adapter_notices_that_its_model_was_replaced()
    {
        using var corpus = PreparedCorpus.Open(_data);
        Run(Start(corpus, s_lora), _folder.File("adapter"));
        ModelCheckpoint.Load(_folder.File("adapter"), _device);
        Run(Trainer.Start(corpus, BatchKind.Windows, TinyModels.Config(), TinyModels.Options with { Seed = 9 }, _device), _base);
        var error = Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Load(_folder.File("adapter"), _device));
        Assert.Contains("other weights", error.Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("adapter/base_model.json"), "{}");
        Assert.Contains("is damaged", Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Load(_folder.File("adapter"), _device)).Message, StringComparison.Ordinal);
        File.Delete(_folder.File("adapter/base_model.json")); // as the sentence says, and as PEFT's adapters are
        ModelCheckpoint.Load(_folder.File("adapter"), _device);
    }

    [Fact]
    public void An_adapter_takes_less_memory_than_its_model_would()
    {
        using var corpus = PreparedCorpus.Open(_data);
        var (whole, adapter) = (Start(corpus, null), Start(corpus, s_lora with { Rank = 1, Bias = LoraBias.None }));
        Assert.True(adapter.LearnedParameterCount < whole.LearnedParameterCount / 2);
        Assert.True(adapter.Memory.Gradients < whole.Memory.Gradients / 2);
        Assert.True(adapter.Memory.Optimizer < whole.Memory.Optimizer / 2);
        Assert.Equal(whole.Memory.Weights + 4 * adapter.LearnedParameterCount, adapter.Memory.Weights);
    }

    [Fact]
    public void What_does_not_fit_together_is_told()
    {
        using var corpus = PreparedCorpus.Open(_data);
        using var other = PreparedCorpus.Open(PreparedData.Write(_folder, "other", letters: "xyz"));
        Says("another tokenizer", () => Trainer.FineTune(ModelCheckpoint.Load(_base, _device), other, BatchKind.Packed, TinyModels.Options));
        Says("AdamW", () => Trainer.FineTune(
            ModelCheckpoint.Load(_base, _device), corpus, BatchKind.Packed, TinyModels.Options with { Optimizer = OptimizerKind.Muon }, s_lora));
        Run(Start(corpus, s_lora), _folder.File("adapter"));
        Says("has an adapter already", () => Trainer.FineTune(
            ModelCheckpoint.Load(_folder.File("adapter"), _device), corpus, BatchKind.Packed, TinyModels.Options, s_lora));
        Directory.Move(_base, _folder.File("moved"));
        Assert.Contains("is not there", Assert.Throws<FileNotFoundException>(() => ModelCheckpoint.Load(_folder.File("adapter"), _device)).Message, StringComparison.Ordinal);

        static void Says(string words, Action action) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private Trainer Start(PreparedCorpus corpus, LoraConfig? lora, BatchKind kind = BatchKind.Packed) =>
        Trainer.FineTune(ModelCheckpoint.Load(_base, _device), corpus, kind, TinyModels.Options, lora);

    private static bool Run(Trainer trainer, string folder, int stop = int.MaxValue)
    {
        using var observer = new Observer(stop);
        return observer.Watch(trainer, folder);
    }
}
