using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>The most single-precision multiply-adds that the cores do, in GFLOP/s: the limit of everything that multiplies matrices.</summary>
internal static class MultiplyAddPeak
{
    private const int Sums = 12; // more than latency × issue width of today's cores, and few enough for 16 registers
    private const int Rounds = 1_000_000;

    /// <summary>All threads at once, each in registers alone.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="runs">Short runs, of which the best counts: a limit is what the core can do, not what a neighbour leaves of it.</param>
    public static double Measure(int threads, int runs = 30)
    {
        var seconds = new double[threads];
        using var start = new Barrier(threads);
        var all = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            seconds[index] = Enumerable.Range(0, runs).Min(_ => Time());
        })).ToArray();
        foreach (var thread in all)
            thread.Start();
        foreach (var thread in all)
            thread.Join();
        var flops = 2.0 * Lanes * Sums * Rounds;
        return seconds.Sum(time => flops / time) / 1e9;
    }

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    private static double Time()
    {
        var watch = Stopwatch.GetTimestamp();
        s_sink = Vector512.IsHardwareAccelerated ? Run<Simd512<float>, Vector512<float>>()
            : Vector256.IsHardwareAccelerated ? Run<Simd256<float>, Vector256<float>>()
            : Run<Simd128<float>, Vector128<float>>();
        return Stopwatch.GetElapsedTime(watch).TotalSeconds;
    }

    private static float s_sink; // so that the sums are needed

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run<S, V>() where S : struct, ISimd<V, float> where V : unmanaged
    {
        var (a, b) = (S.Broadcast(0.999f), S.Broadcast(0.001f)); // every sum tends to 1
        V s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b, s8 = b, s9 = b, s10 = b, s11 = b;
        for (var i = 0; i < Rounds; i++)
        {
            s0 = S.MultiplyAdd(s0, a, b);
            s1 = S.MultiplyAdd(s1, a, b);
            s2 = S.MultiplyAdd(s2, a, b);
            s3 = S.MultiplyAdd(s3, a, b);
            s4 = S.MultiplyAdd(s4, a, b);
            s5 = S.MultiplyAdd(s5, a, b);
            s6 = S.MultiplyAdd(s6, a, b);
            s7 = S.MultiplyAdd(s7, a, b);
            s8 = S.MultiplyAdd(s8, a, b);
            s9 = S.MultiplyAdd(s9, a, b);
            s10 = S.MultiplyAdd(s10, a, b);
            s11 = S.MultiplyAdd(s11, a, b);
        }

        var sum = S.Add(S.Add(S.Add(s0, s1), S.Add(s2, s3)), S.Add(S.Add(s4, s5), S.Add(s6, s7)));
        return S.Sum(S.Add(sum, S.Add(S.Add(s8, s9), S.Add(s10, s11))));
    }
}
