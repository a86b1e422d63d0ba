using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace MicroGpt.Bench.Kernels;

/// <summary>`kernels`: BenchmarkDotNet's micro-benchmarks, one class a kernel.</summary>
internal static class KernelBenchmarks
{
    public static Command Command()
    {
        var command = new Command("kernels", "Time single kernels with BenchmarkDotNet; its own options follow, --filter '*Attention*' say.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(parse =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run([.. parse.UnmatchedTokens], Config);
        });
        return command;
    }

    // In this process: BenchmarkDotNet's default is to restore and build a project of its own for every run, which takes longer
    // than the measurement and needs a package source at hand.
    private static IConfig Config => DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet"));
}
