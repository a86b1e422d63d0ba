using System.CommandLine;
using System.Globalization;
using MicroGpt.Bench.Kernels;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>
/// `products`: matrix products of the sizes that training has, as users call them: <see cref="Tape.Linear"/> on a tape that does
/// not record.
/// </summary>
internal static class MatrixProducts
{
    // M rows of K numbers by N rows of K numbers: the products of a step at 128, 384 and 768 wide, and a square one.
    private static readonly (int M, int N, int K)[] s_shapes =
    [
        (768, 128, 128), (768, 512, 128), (768, 384, 384), (2048, 768, 768), (2048, 3072, 768), (2048, 768, 3072), (1024, 1024, 1024),
    ];

    public static Command Command()
    {
        var threads = new Option<int[]>("--threads") { Description = "Numbers of threads.", DefaultValueFactory = _ => [1, 2], AllowMultipleArgumentsPerToken = true };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure each.", DefaultValueFactory = _ => 0.5 };
        var command = new Command("products", "Time matrix products, alone or in turn with a peer.") { threads, seconds };
        var peer = new PeerOptions().AddTo(command);
        command.SetAction(parse =>
        {
            var counts = parse.GetValue(threads)!;
            string[] own =
            [
                "products", "--seconds", parse.GetValue(seconds).ToString(CultureInfo.InvariantCulture),
                "--threads", .. counts.Select(count => count.ToString(CultureInfo.InvariantCulture)),
            ];
            if (peer.Read(parse, own) is { } contest)
                FigureTable.Write("M×N×K, threads", "GFLOP/s", 1, contest.Run());
            else
                Measure(counts, parse.GetValue(seconds));
        });
        return command;
    }

    private static void Measure(int[] threads, double seconds)
    {
        AnsiConsole.WriteLine(Machine.Description);
        foreach (var (M, N, K) in s_shapes)
        {
            foreach (var count in threads)
            {
                using var device = Device.Cpu(threads: count);
                var tape = new Tape(device, recording: false);
                var x = Kernel.Numbers(device, M, K);
                var weight = Kernel.Numbers(device, N, K);
                var time = Repeated.Time(Multiply, seconds);
                Repeated.Print($"{M}x{N}x{K} {count}", 2.0 * M * N * K / time / 1e9, "GFLOP/s");

                void Multiply()
                {
                    tape.Reset();
                    tape.Linear(x, weight);
                }
            }
        }
    }
}
