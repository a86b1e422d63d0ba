using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Checkpoints;

/// <summary>
/// Whatever happens to the files of a checkpoint, reading them ends in a model or in a sentence: an InvalidDataException or an
/// IOException, without taking more memory than the files justify.
/// </summary>
public sealed class DamagedFilesTests
{
    private const long MostBytes = 4 << 20; // the whole checkpoint has some 15 KB

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
    public void Thousands_of_mutations_give_a_run_or_a_sentence(ulong seed) => Mutate(seed, 1500);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(4)]
    [InlineData(5)]
    public void A_hundred_thousand_mutations_give_a_run_or_a_sentence(ulong seed) => Mutate(seed, 50_000);

    /// <summary>Changes a file a little, resumes from the folder, puts the file back, and so on.</summary>
    private static void Mutate(ulong seed, int times)
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        var checkpoint = Checkpoint(folder, device);
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

    private static string Checkpoint(TemporaryFolder folder, Device device)
    {
        var trainer = TinyModels.Start(TinyModels.WriteData(folder, CorpusKind.Lines), CorpusKind.Lines, device);
        for (var i = 0; i < 3; i++)
            trainer.TrainStep();
        trainer.Save(folder.File("checkpoint"));
        return folder.File("checkpoint");
    }
}
