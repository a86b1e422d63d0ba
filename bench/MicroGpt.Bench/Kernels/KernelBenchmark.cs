using BenchmarkDotNet.Attributes;
using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>One operation, forward and backward, at the sizes of a <see cref="TrainingWork"/>.</summary>
public abstract class KernelBenchmark
{
    private Device? _device;
    private Kernel? _kernel;

    /// <summary>Whose sizes.</summary>
    [Params("char", "char384")]
    public string Config { get; set; } = "";

    /// <summary>How many threads compute.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>One, and all cores.</summary>
    public static IEnumerable<int> ThreadCounts => new[] { 1, Environment.ProcessorCount }.Distinct();

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Cpu(threads: Threads);
        _kernel = Create(_device, TrainingWork.Find(Config));
    }

    [GlobalCleanup]
    public void Cleanup() => _device!.Dispose();

    [Benchmark]
    public void Forward() => _kernel!.Forward();

    [Benchmark]
    public void Backward() => _kernel!.Backward();

    private protected abstract Kernel Create(Device device, TrainingWork work);
}
