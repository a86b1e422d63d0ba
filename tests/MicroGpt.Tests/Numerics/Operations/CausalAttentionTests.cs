using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class CausalAttentionTests : OperationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    public void Its_gradient_is_the_difference(int heads, int keyValueHeads) =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.CausalAttention(x[0], heads, keyValueHeads), new Shape(2, 4, (heads + 2 * keyValueHeads) * 3));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Its_gradient_is_the_difference_within_a_window_and_with_another_scale(int window) =>
        GradientAssert.MatchesDifferences((tape, x) => tape.CausalAttention(x[0], 4, 2, window, scale: 0.9), new Shape(2, 5, 8 * 3));

    [Fact]
    public void Positions_out_of_the_window_do_not_matter()
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var tape = new Tape(device, recording: false);
        var qkv = GradientAssert.Parameter(device, new Shape(1, 6, 3), new MersenneTwister(1));
        var before = Last(window: 2);
        (qkv[7], qkv[8]) = (7, 8); // the key and the value of position 2, three before the last
        Assert.Equal(before, Last(window: 2));
        Assert.NotEqual(before, Last(window: 3), 1e-3);

        double Last(int window) => tape.CausalAttention(qkv, 1, 1, window)[5];
    }

    [Fact]
    public void Windows_and_scales_are_positive()
    {
        foreach (var window in new[] { 0, -1, int.MinValue })
            Refused(() => Tape.CausalAttention(Number(1, 2, 12), 2, 2, window));
        foreach (var scale in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Refused(() => Tape.CausalAttention(Number(1, 2, 12), 2, 2, scale: scale));
        Tape.CausalAttention(Number(1, 2, 12), 2, 2, int.MaxValue, 1);
    }

    [Fact]
    public void Positions_one_by_one_with_a_cache_give_what_all_at_once_give()
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var tape = new Tape(device, recording: false);
        var all = GradientAssert.Parameter(device, new Shape(2, 6, 8 * 3), new MersenneTwister(1));
        var expected = tape.CausalAttention(all, heads: 4, keyValueHeads: 2).AsSpan<double>().ToArray(); // (2, 6, 4·3)
        var (keys, values) = (Tensor.Zeros(device, "k", new Shape(2, 6, 6)), Tensor.Zeros(device, "v", new Shape(2, 6, 6)));
        var one = Tensor.Zeros(device, "x", new Shape(2, 1, 24));
        for (var t = 0; t < 6; t++)
        {
            for (var b = 0; b < 2; b++)
                all.AsSpan<double>().Slice((b * 6 + t) * 24, 24).CopyTo(one.AsSpan<double>()[(b * 24)..]);
            var y = tape.CausalAttention(one, 4, 2, keys, values, past: t);
            for (var i = 0; i < 24; i++)
                Assert.Equal(expected[(i / 12 * 6 + t) * 12 + i % 12], y[i], 1e-14);
        }
    }

    [Fact]
    public void Heads_must_divide_the_rows_and_each_other()
    {
        foreach (var (heads, keyValueHeads) in new[] { (0, 1), (1, 0), (-1, 1), (2, -1), (3, 2), (2, 4), (5, 5), (int.MaxValue, 1) })
            Refused(() => Tape.CausalAttention(Number(1, 2, 12), heads, keyValueHeads));
        foreach (var heads in new[] { 1, 1 << 30, int.MaxValue }) // three times these do not fit an int
            Refused(() => Tape.CausalAttention(Number(1, 2, 0), heads, heads));
        Refused(() => Tape.CausalAttention(Number(2, 12), 4, 4));
        Refused(() => Tape.CausalAttention(Double(1, 2, 12), 4, 4));
        Refused(() => Tape.CausalAttention(Integer(1, 2, 12), 4, 4));
    }

    [Fact]
    public void A_cache_while_recording_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Cached(Number(1, 5, 4), Number(1, 5, 4), 0));

    [Fact]
    public void A_cache_must_fit()
    {
        Tape.IsRecording = false;
        var message = Refused(() => Cached(Number(1, 5, 4), Number(1, 5, 4), 4));
        Assert.Contains("5 positions can't take 2 more behind 4", message, StringComparison.Ordinal);
        Refused(() => Cached(Number(1, 5, 4), Number(1, 5, 4), -1));
        Refused(() => Cached(Number(1, 5, 4), Number(1, 5, 4), int.MaxValue));
        Refused(() => Cached(Number(2, 5, 4), Number(2, 5, 4), 0));
        Refused(() => Cached(Number(1, 5, 3), Number(1, 5, 3), 0));
        Refused(() => Cached(Number(1, 5, 4), Number(1, 6, 4), 0));
        Refused(() => Cached(Number(5, 4), Number(5, 4), 0));
        Refused(() => Cached(Double(1, 5, 4), Number(1, 5, 4), 0));
        Refused(() => Cached(Number(1, 5, 4), Double(1, 5, 4), 0));
        Refused(() => Cached(Integer(1, 5, 4), Integer(1, 5, 4), 0));
        Refused(() => Cached(Number(1, 5, 4), null, 0));
        Refused(() => Cached(null, Number(1, 5, 4), 0));
        Refused(() => Cached(null, null, 1));
        Cached(Number(1, 5, 4), Number(1, 5, 4), 3);
    }

    private Tensor Cached(Tensor? keys, Tensor? values, int past) => Tape.CausalAttention(Number(1, 2, 16), 2, 1, keys, values, past);
}
