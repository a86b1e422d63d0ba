using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Checkpoints;

/// <summary>
/// Whatever happens to the files of a checkpoint, reading them ends in a model or in a sentence: an InvalidDataException or an
/// IOException, without taking more memory than the files justify.
/// </summary>
public sealed class DamagedFilesTests
{
    private const long MostBytes = 4 << 20; // the whole checkpoint has some 15 KB, that of an LSTM 3.5 MB outside of the collected heap

    [Fact]
    public void Weights_cut_short_anywhere_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        var path = Path.Combine(Checkpoint(folder, device), ModelCheckpoint.WeightsFile);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Load(Path.GetDirectoryName(path)!, device));
        }
    }

    [Fact]
    public void A_training_state_cut_short_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        var checkpoint = Checkpoint(folder, device);
        var path = Directory.GetFiles(checkpoint, "training-*").Single();
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            Assert.Throws<InvalidDataException>(() => Trainer.Resume(checkpoint, device));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Thousands_of_mutations_give_a_run_or_a_sentence(ulong seed) => Mutate(seed, 1500, TinyModels.Config());

    [Theory]
    [InlineData("rnn", 6)]
    [InlineData("mlp", 7)]
    [InlineData("bigram", 8)]
    public void Mutations_of_other_models_do_too(string preset, ulong seed) => Mutate(seed, 300, TinyModels.OfPreset(preset));

    [Fact]
    public void Mutations_of_an_lstm_of_its_real_size_do_too() => Mutate(9, 200, ModelPresets.Create("lstm", 1));

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(4)]
    [InlineData(5)]
    public void A_hundred_thousand_mutations_give_a_run_or_a_sentence(ulong seed) => Mutate(seed, 50_000, TinyModels.Config());

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("gru", 50_000)]
    [InlineData("mlp", 50_000)]
    [InlineData("bigram", 50_000)]
    [InlineData("lstm", 10_000)]
    public void Tens_of_thousands_of_mutations_of_other_models_do_too(string preset, int times) =>
        Mutate(10, times, preset == "lstm" ? ModelPresets.Create(preset, 1) : TinyModels.OfPreset(preset));

    /// <summary>Changes a file a little, resumes from the folder, puts the file back, and so on.</summary>
    private static void Mutate(ulong seed, int times, ModelConfig config)
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        var checkpoint = Checkpoint(folder, device, config);
        var originals = Directory.GetFiles(checkpoint).Order(StringComparer.Ordinal).Select(path => (path, File.ReadAllBytes(path))).ToArray();
        var random = new MersenneTwister(seed);
        for (var i = 0; i < times; i++)
        {
            var (path, original) = originals[random.NextInt32(originals.Length)];
            Overwrite(path, Mutation.Of(original, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Trainer.Resume(checkpoint, device);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                // a sentence, as it should be
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} of {Path.GetFileName(path)} with seed {seed}: {exception}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"Mutation {i} of {path} with seed {seed} takes too much memory.");
            Overwrite(path, original);
        }
    }

    /// <summary>Writes in place: file systems take their time over files that are emptied first.</summary>
    private static void Overwrite(string path, byte[] content)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        RandomAccess.SetLength(file, content.Length);
    }

    private static string Checkpoint(TemporaryFolder folder, Device device, ModelConfig? config = null)
    {
        // What carries its state does so over a text only.
        var kind = config is null or GptConfig ? CorpusKind.Lines : CorpusKind.Text;
        var corpus = Corpus.Load(TinyModels.WriteData(folder, kind), kind);
        var trainer = Trainer.Start(corpus, (config ?? TinyModels.Config()) with { ContextLength = 6 }, TinyModels.Options, device);
        for (var i = 0; i < 3; i++)
            trainer.TrainStep();
        trainer.Save(folder.File("checkpoint"));
        return folder.File("checkpoint");
    }
}
