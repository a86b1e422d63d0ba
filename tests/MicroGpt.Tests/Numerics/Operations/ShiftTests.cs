using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class ShiftTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Shift(x[0]), new Shape(2, 3, 5));
        GradientAssert.MatchesDifferences((tape, x) => tape.Add(tape.Gelu(x[0]), tape.Shift(x[0])), new Shape(2, 3, 5));
        GradientAssert.MatchesDifferences((tape, x) => tape.Shift(tape.Shift(x[0])), new Shape(2, 1, 5));
    }

    [Fact]
    public void Positions_one_by_one_with_a_cached_row_give_what_all_at_once_give()
    {
        Tape.IsRecording = false;
        var all = GradientAssert.Parameter(Device, new Shape(1, 5, 3), new MersenneTwister(1));
        var expected = Tape.Shift(all).AsSpan<float>().ToArray();
        var row = GradientAssert.Parameter(Device, new Shape(1, 3), new MersenneTwister(2)); // of another sequence, not to be seen
        List<float> actual = [];
        foreach (var (first, count) in new[] { (0, 1), (1, 2), (3, 0), (3, 1), (4, 1) })
        {
            var part = Number(1, count, 3);
            all.AsSpan<float>().Slice(first * 3, count * 3).CopyTo(part.AsSpan<float>());
            actual.AddRange(Tape.Shift(part, row, first).AsSpan<float>());
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_cached_row_must_fit_and_be_there()
    {
        Refused(() => Tape.Shift(Number(2, 3, 5), null, 1));
        Refused(() => Tape.Shift(Number(2, 3, 5), null, -1));
        Assert.Throws<InvalidOperationException>(() => Tape.Shift(Number(2, 3, 5), Number(2, 5), 1));
        Tape.IsRecording = false;
        Refused(() => Tape.Shift(Number(2, 3, 5), Number(3, 5), 1));
        Refused(() => Tape.Shift(Number(2, 3, 5), Number(2, 1, 5), 1));
        Refused(() => Tape.Shift(Number(2, 3, 5), Double(2, 5), 1));
    }

    [Fact]
    public void Rows_are_positions_of_the_devices_type()
    {
        Refused(() => Tape.Shift(Number(3, 5)));
        Refused(() => Tape.Shift(Double(2, 3, 5)));
        Refused(() => Tape.Shift(Integer(2, 3, 5)));
    }
}
