using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>As inside a server: more threads than cores, several runs at once on devices of their own or on one, a model that many ask.</summary>
public sealed class ServerTests
{
    [Fact]
    public void Many_more_threads_than_cores_compute_the_same()
    {
        using var one = Device.Cpu(threads: 1);
        using var many = Device.Cpu(threads: 64);
        Assert.Equal(Train(one, 1), Train(many, 1));
    }

    [Fact]
    public void Runs_at_the_same_time_on_devices_of_their_own_do_not_disturb_each_other() =>
        AtOnce(seed =>
        {
            using var device = Device.Cpu(threads: 2);
            return Train(device, (ulong)seed);
        });

    [Fact]
    public void Nor_do_runs_that_share_a_device()
    {
        using var device = Device.Cpu(threads: 3);
        AtOnce(seed => Train(device, (ulong)seed));
    }

    [Fact]
    public void One_model_answers_several_at_once()
    {
        using var device = Device.Cpu(threads: 2);
        foreach (var preset in (string[])["gpt2", "llama"])
        {
            var model = TinyModels.Create(Config(preset), device);
            AtOnce(seed => new Generator(model).Generate([1 + seed], 30, new Sampler(new SamplerOptions(), new MersenneTwister((ulong)seed))).ToArray());
        }
    }

    /// <summary>Four pieces of work, each on a thread of its own and all at once, give what each gives alone.</summary>
    private static void AtOnce<T>(Func<int, T[]> work)
    {
        var results = new T[4][];
        Exception? failure = null;
        using var start = new Barrier(results.Length);
        Thread[] threads = [.. Enumerable.Range(0, results.Length).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                results[i] = work(i);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.Null(failure);
        for (var i = 0; i < results.Length; i++)
            Assert.Equal(work(i), results[i]);
    }

    /// <summary>All weights after some steps, of sizes at which most operations are more than one chunk.</summary>
    private static float[] Train(Device device, ulong seed)
    {
        var options = new TrainerOptions { Steps = 8, BatchSize = 6, WarmupSteps = 2, LearningRate = 0.01, Seed = seed, AccumulationSteps = 2, Recompute = seed % 2 == 0 };
        var trainer = Trainer.Start(Corpus.Load(EmbeddedData.Names, CorpusKind.Lines), Config("gpt2"), options, device);
        for (var step = 0; step < options.Steps; step++)
            trainer.TrainStep();
        return [.. trainer.Model.Parameters.SelectMany(parameter => parameter.AsSpan<float>().ToArray())];
    }

    private static GptConfig Config(string preset) =>
        GptPresets.Create(preset, 30) with { ContextLength = 8, Layers = 2, Heads = 4, KeyValueHeads = 2, Width = 40 };
}
