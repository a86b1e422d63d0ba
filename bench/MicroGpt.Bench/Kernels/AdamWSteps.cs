using BenchmarkDotNet.Attributes;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>The optimizer's step over as many numbers as the model has, in one parameter.</summary>
public class AdamWSteps
{
    private Device? _device;
    private AdamWKernel? _kernel;

    /// <summary>Whose size.</summary>
    [Params("char", "char384")]
    public string Config { get; set; } = "";

    /// <summary>How many threads compute.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>One, and all cores.</summary>
    public static IEnumerable<int> ThreadCounts => KernelBenchmark.ThreadCounts;

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Cpu(threads: Threads);
        _kernel = new AdamWKernel(_device, (int)new Gpt(TrainingWork.Find(Config).Model, _device).ParameterCount);
    }

    [GlobalCleanup]
    public void Cleanup() => _device!.Dispose();

    [Benchmark]
    public void Update() => _kernel!.Update();
}
