using System.CommandLine;
using System.Globalization;
using System.Runtime.Intrinsics;
using MicroGpt.Bench.Kernels;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>
/// `elementwise`: everything in a step but products and attention, at the sizes of a step at 128 wide and of GPT-2's smallest, in
/// elements a second. Operations run on their device without a tape.
/// </summary>
internal static class ElementWise
{
    public static Command Command()
    {
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure each.", DefaultValueFactory = _ => 0.3 };
        var only = new Option<string>("--only") { Description = "Measure only what has this in its name.", DefaultValueFactory = _ => "" };
        var command = new Command("elementwise", "Time activations, norms, losses and AdamW, alone or in turn with a peer.") { threads, seconds, only };
        var peer = new PeerOptions().AddTo(command);
        command.SetAction(parse =>
        {
            string[] own =
            [
                "elementwise", "--seconds", parse.GetValue(seconds).ToString(CultureInfo.InvariantCulture),
                "--threads", parse.GetValue(threads).ToString(CultureInfo.InvariantCulture),
                "--only", parse.GetValue(only)!,
            ];
            if (peer.Read(parse, own) is { } contest)
                FigureTable.Write($"threads: {parse.GetValue(threads)}", "10⁹ elements/s", 1e9, contest.Run());
            else
                Measure(parse.GetValue(threads), parse.GetValue(seconds), parse.GetValue(only)!);
        });
        return command;
    }

    private static void Measure(int threads, double seconds, string only)
    {
        AnsiConsole.WriteLine(Machine.Description);
        using var device = Device.Cpu(threads: threads);
        foreach (var (rows, columns) in new[] { (768, 512), (256, 3072) }) // inside the MLP
        {
            if (threads == 1)
                Print($"exp {rows}x{columns}", rows * columns, () => Exp(device, rows * columns));
            PrintBoth("gelu-tanh", rows, columns, Kernel.Gelu);
            PrintBoth("gelu-erf", rows, columns, Kernel.GeluErf);
            PrintBoth("swiglu", rows, columns, Kernel.SwiGlu);
            PrintBoth("relu", rows, columns, Kernel.Relu);
        }

        foreach (var (rows, columns) in new[] { (768, 128), (256, 768) }) // between the layers
        {
            Print($"add {rows}x{columns}", rows * columns, () => Kernel.Add(device, rows, columns).Forward);
            PrintBoth("layer-norm", rows, columns, Kernel.LayerNorm);
            PrintBoth("rms-norm", rows, columns, Kernel.RmsNorm);
        }

        foreach (var (rows, columns) in new[] { (768, 65), (256, 50257) }) // behind the head
            PrintBoth("cross-entropy", rows, columns, Kernel.CrossEntropy);
        foreach (var count in new[] { 804_096, 38_597_376 }) // all parameters at 128 wide; GPT-2's embedding
            Print($"adamw {count}", count, () => new AdamWKernel(device, count).Update);

        void PrintBoth(string name, int rows, int columns, Func<Device, int, int, Kernel> create)
        {
            Print($"{name} {rows}x{columns}", rows * columns, () => create(device, rows, columns).Forward);
            Print($"{name}-backward {rows}x{columns}", rows * columns, () =>
            {
                var kernel = create(device, rows, columns);
                kernel.Forward(); // what it saves for the backward pass
                return kernel.Backward;
            });
        }

        void Print(string name, int count, Func<Action> create)
        {
            if (name.Contains(only, StringComparison.Ordinal))
                Repeated.Print(name, count / Repeated.Time(create(), seconds), "elements/s");
        }
    }

    /// <summary>x ← exp(x − 1), which tends to 1, and its sum: the inside of a softmax, on one thread.</summary>
    private static unsafe Action Exp(Device device, int count)
    {
        var x = Kernel.Numbers(device, count);
        return () =>
        {
            fixed (float* first = x.AsSpan<float>())
            {
                if (Vector512.IsHardwareAccelerated)
                    VectorMath<Simd512<float>, Vector512<float>, float>.ExpAndSum(first, 1, 1, count);
                else if (Vector256.IsHardwareAccelerated)
                    VectorMath<Simd256<float>, Vector256<float>, float>.ExpAndSum(first, 1, 1, count);
                else
                    VectorMath<Simd128<float>, Vector128<float>, float>.ExpAndSum(first, 1, 1, count);
            }
        };
    }
}
