using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class RotaryTests : OperationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Its_gradients_are_the_differences(int past) =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Rotary(x[0], x[1], x[2], Angles(tape.Device, Math.Cos), Angles(tape.Device, Math.Sin), past),
            new Shape(2, 3, 12), new Shape(2, 3, 6), new Shape(2, 3, 6));

    [Fact]
    public void One_tensor_in_all_three_places_has_the_sum_of_three_gradients() =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.Rotary(x[0], x[0], x[0], Angles(tape.Device, Math.Cos), Angles(tape.Device, Math.Sin)), new Shape(2, 3, 6));

    [Fact]
    public void At_position_zero_everything_stays_as_it_is()
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var tape = new Tape(device);
        var random = new MersenneTwister(1);
        var parts = Enumerable.Range(0, 3).Select(_ => GradientAssert.Parameter(device, new Shape(1, 1, 6), random)).ToArray();
        var qkv = tape.Rotary(parts[0], parts[1], parts[2], Angles(device, Math.Cos), Angles(device, Math.Sin));
        Assert.Equal(parts.SelectMany(part => part.AsSpan<double>().ToArray()), qkv.AsSpan<double>().ToArray());
    }

    [Fact]
    public void Scores_depend_only_on_how_far_apart_positions_are()
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var tape = new Tape(device);
        var random = new MersenneTwister(1);
        var (q, k) = (GradientAssert.Parameter(device, new Shape(1, 1, 6), random), GradientAssert.Parameter(device, new Shape(1, 1, 6), random));
        Assert.Equal(Score(3, 1), Score(4, 2), 1e-14);
        Assert.Equal(Score(2, 2), Score(0, 0), 1e-14);
        Assert.NotEqual(Score(3, 1), Score(3, 2), 1e-3);

        double Score(int queryAt, int keyAt) => At(queryAt)[..6].Zip(At(keyAt)[6..12], (a, b) => a * b).Sum();

        double[] At(int position) =>
            tape.Rotary(q, k, k, Angles(device, Math.Cos), Angles(device, Math.Sin), position).AsSpan<double>().ToArray();
    }

    [Fact]
    public void Shapes_must_fit()
    {
        var message = Refused(() => Apply(Number(1, 2, 8), Number(1, 2, 5), Number(1, 2, 5)));
        Assert.Contains("Heads of 4, two for each angle, do not divide queries of 8 and keys of 5", message, StringComparison.Ordinal);
        Refused(() => Apply(Number(1, 2, 6), Number(1, 2, 4), Number(1, 2, 4)));
        Refused(() => Apply(Number(1, 2, 8), Number(1, 3, 4), Number(1, 3, 4)));
        Refused(() => Apply(Number(1, 2, 8), Number(1, 2, 4), Number(1, 2, 8)));
        Refused(() => Apply(Number(2, 8), Number(2, 4), Number(2, 4)));
        Refused(() => Tape.Rotary(Number(1, 2, 8), Number(1, 2, 8), Number(1, 2, 8), Number(3, 2), Number(2, 3)));
        Refused(() => Tape.Rotary(Number(1, 2, 8), Number(1, 2, 8), Number(1, 2, 8), Number(6), Number(6)));
        Refused(() => Tape.Rotary(Number(1, 2, 8), Number(1, 2, 8), Number(1, 2, 8), Number(3, 0), Number(3, 0)));
        Apply(Number(1, 2, 8), Number(1, 2, 4), Number(1, 2, 4));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Positions_without_angles_are_refused(int past)
    {
        var message = Refused(() => Apply(Number(1, 2, 8), Number(1, 2, 4), Number(1, 2, 4), past));
        Assert.Contains($"angles for 3 positions, not for 2 more behind {past}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_must_be_of_the_devices_type()
    {
        Refused(() => Apply(Double(1, 2, 8), Number(1, 2, 4), Number(1, 2, 4)));
        Refused(() => Apply(Number(1, 2, 8), Double(1, 2, 4), Number(1, 2, 4)));
        Refused(() => Apply(Number(1, 2, 8), Number(1, 2, 4), Integer(1, 2, 4)));
        Refused(() => Tape.Rotary(Number(1, 2, 8), Number(1, 2, 8), Number(1, 2, 8), Integer(3, 2), Number(3, 2)));
        Refused(() => Tape.Rotary(Number(1, 2, 8), Number(1, 2, 8), Number(1, 2, 8), Number(3, 2), Double(3, 2)));
    }

    private Tensor Apply(Tensor queries, Tensor keys, Tensor values, int past = 0) =>
        Tape.Rotary(queries, keys, values, Number(3, 2), Number(3, 2), past);

    /// <summary>A function of the angles of five positions, for heads of six.</summary>
    private static Tensor Angles(Device device, Func<double, double> function)
    {
        var table = Tensor.Zeros(device, "", new Shape(5, 3));
        for (var i = 0; i < 15; i++)
            table[i] = function(i / 3 * Math.Pow(100, -(i % 3) / 3.0));
        return table;
    }
}
