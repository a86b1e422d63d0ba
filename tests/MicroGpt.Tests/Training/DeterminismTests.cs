using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>A seed gives one run, to the last bit, on any number of threads.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData("gpt2", DType.Float32)]
    [InlineData("gpt2", DType.Float64)]
    [InlineData("llama", DType.Float32)]
    [InlineData("nanochat", DType.Float32)]
    public void Fifty_steps_are_the_same_bytes_with_one_two_and_three_threads(string preset, DType dtype)
    {
        var one = Train(preset, dtype, threads: 1);
        Assert.NotEmpty(one);
        Assert.True(one.AsSpan().SequenceEqual(Train(preset, dtype, threads: 1)), "two runs with one thread");
        Assert.True(one.AsSpan().SequenceEqual(Train(preset, dtype, threads: 2)), "two threads");
        Assert.True(one.AsSpan().SequenceEqual(Train(preset, dtype, threads: 3)), "three threads");
    }

    /// <summary>Every loss, gradient norm and weight of the run. The sizes are such that most operations are more than one chunk.</summary>
    private static byte[] Train(string preset, DType dtype, int threads)
    {
        using var device = Device.Cpu(dtype, threads);
        var model = GptPresets.Create(preset, 1) with { ContextLength = 8, Layers = 2, Heads = 4, KeyValueHeads = 2, Width = 40, ShortWindow = 3 };
        var options = new TrainerOptions { Steps = 50, BatchSize = 6, WarmupSteps = 5, LearningRate = 0.01 };
        var trainer = Trainer.Start(Corpus.Load(EmbeddedData.Names, CorpusKind.Lines), model, options, device);
        var bytes = new List<byte>();
        for (var step = 0; step < options.Steps; step++)
        {
            var record = trainer.TrainStep();
            bytes.AddRange(BitConverter.GetBytes(record.TrainLoss));
            bytes.AddRange(BitConverter.GetBytes(record.GradientNorm));
        }

        foreach (var parameter in trainer.Model.Parameters)
            bytes.AddRange(parameter.Bytes);
        return [.. bytes];
    }
}
