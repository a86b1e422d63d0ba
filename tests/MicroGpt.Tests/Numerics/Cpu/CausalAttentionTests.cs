using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class CausalAttentionTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_head_size_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var d = 1; d <= 2 * KernelAssert.Lanes(bits, dtype) + 1; d++)
            Compare(device, B: 1 + d % 2, T: 1 + d % 4, heads: 2, keyValueHeads: 1 + d % 2, d);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_positions_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var t = 0; t <= 2 * KernelAssert.Lanes(bits, dtype) + 1; t++)
            Compare(device, B: 1, t, heads: 1, keyValueHeads: 1, D: 3);
        Compare(device, B: 1, T: 5 * KernelAssert.Lanes(bits, dtype), heads: 1, keyValueHeads: 1, D: 2); // four registers at once
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(4, 2)]
    [InlineData(4, 1)]
    [InlineData(6, 3)]
    public void Query_heads_share_key_value_heads_in_order(int heads, int keyValueHeads)
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 2);
        Compare(device, B: 3, T: 5, heads, keyValueHeads, D: 3);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Heads_that_fill_registers_together_or_alone_are_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var lanes = KernelAssert.Lanes(bits, dtype);
        foreach (var t in new[] { 3, 7, 2 * lanes + 5, 4 * lanes + 1 })
        {
            Compare(device, B: 2, t, heads: 4, keyValueHeads: 4, D: Math.Max(1, lanes / 4));
            Compare(device, B: 1, t, heads: 4, keyValueHeads: 2, D: Math.Max(1, lanes / 2)); // too small to share a register and a key
            Compare(device, B: 1, t, heads: 2, keyValueHeads: 1, D: lanes);
            Compare(device, B: 1, t, heads: 1, keyValueHeads: 1, D: 3 * lanes);
        }
    }

    [Theory, ClassData(typeof(Widths))]
    public void With_a_cache_new_positions_attend_to_the_old_ones_too(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var past = 0; past <= 2 * KernelAssert.Lanes(bits, dtype) + 1; past++)
            CompareCached(device, B: 1 + past % 2, T: 1 + past % 3, heads: 4, keyValueHeads: 2, D: 1 + past % 9, past, spare: past % 3);
    }

    [Fact]
    public void Scores_far_apart_neither_overflow_nor_lose_the_largest()
    {
        using var device = KernelAssert.Create(512, DType.Float32);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var qkv = run.Operand("qkv", 1, 20, 6);
                for (var i = 0; i < qkv.Shape.Count; i++)
                    qkv[i] *= i % 6 < 4 ? 64 : 1; // queries and keys, powers of two: scores up to ±5,800
                return new CausalAttention(qkv, 1, 1, null, null, 0, int.MaxValue, Math.Sqrt(0.5), run.Result("normalizers", 2, 1, 20), run.Result("y", 1, 20, 2));
            },
            "CausalAttention with large scores", backward: false);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Any_window_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var lanes = KernelAssert.Lanes(bits, dtype);
        foreach (var T in new[] { 1, 2, 4, 2 * lanes - 1, 4 * lanes + 3 })
        {
            foreach (var window in new[] { 1, 2, 3, lanes, 2 * lanes - 1, 2 * lanes, 2 * lanes + 1, 4 * lanes + 2, 4 * lanes + 3 })
            {
                Compare(device, B: 1 + T % 2, T, heads: 2, keyValueHeads: 1, D: 3, window);
                CompareCached(device, B: 1, T, heads: 2, keyValueHeads: 1, D: 3, past: window % 7, spare: 1, window);
            }
        }

        Compare(device, B: 1, T: 4 * lanes + 1, heads: 4, keyValueHeads: 4, D: Math.Max(1, lanes / 4), window: 5); // heads that share a register
        Compare(device, B: 1, T: 4 * lanes + 1, heads: 2, keyValueHeads: 1, D: lanes, window: 5); // and that fill one
        CompareCached(device, B: 1, T: 2 * lanes + 3, heads: 2, keyValueHeads: 1, D: 2 * lanes, past: 3, spare: 1, window: lanes);
    }

    [Fact]
    public void What_an_earlier_run_has_left_in_scratch_memory_does_not_matter()
    {
        using var device = KernelAssert.Create(512, DType.Float32);
        var expected = Run(1);
        Run(double.NaN);
        Assert.Equal(expected, Run(1));

        double[] Run(double factor) // what scores not computed leave there are numbers, which times 0 are 0, or NaN, which would not be
        {
            var tape = new Tape(device) { RetainsGradients = true };
            var weight = Tensor.Parameter(device, "qkv", new Shape(96, 1));
            var x = Tensor.Zeros(device, "x", new Shape(1, 70, 1));
            for (var i = 0; i < 96; i++)
                weight[i] = factor * Math.Cos(i);
            for (var i = 0; i < 70; i++)
                x[i] = Math.Sin(i);
            var y = tape.CausalAttention(tape.Linear(x, weight), heads: 1, keyValueHeads: 1);
            tape.Backward(tape.CrossEntropy(y, tape.Integers(new int[70], new Shape(1, 70))));
            return [.. Enumerable.Range(0, y.Shape.Count).Select(i => y[i]), .. Enumerable.Range(0, 96).Select(i => weight.Grad![i])];
        }
    }

    private static void Compare(Device device, int B, int T, int heads, int keyValueHeads, int D, int window = int.MaxValue) =>
        KernelAssert.SameAsNaive(
            device,
            run => new CausalAttention(
                run.Operand("qkv", B, T, (heads + 2 * keyValueHeads) * D), heads, keyValueHeads, null, null, 0, window, 0.7,
                run.Result("normalizers", 2, B * heads, T), run.Result("y", B, T, heads * D)),
            $"CausalAttention of {B} × {T} positions, {heads} heads on {keyValueHeads} of {D}, window {window}");

    private static void CompareCached(Device device, int B, int T, int heads, int keyValueHeads, int D, int past, int spare, int window = int.MaxValue) =>
        KernelAssert.SameAsNaive(
            device,
            run => new CausalAttention(
                run.Operand("qkv", B, T, (heads + 2 * keyValueHeads) * D), heads, keyValueHeads,
                run.Changed("the keys", B, past + T + spare, keyValueHeads * D),
                run.Changed("the values", B, past + T + spare, keyValueHeads * D), past, window, 0.7,
                run.Result("normalizers", 2, B * heads, T), run.Result("y", B, T, heads * D)),
            $"CausalAttention of {B} × {T} positions behind {past}, {heads} heads on {keyValueHeads} of {D}, window {window}", backward: false);
}
