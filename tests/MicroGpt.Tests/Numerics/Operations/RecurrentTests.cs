using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class RecurrentTests : OperationTests
{
    private static readonly (RecurrentCell Cell, int Gates)[] s_cells = [(RecurrentCell.Rnn, 1), (RecurrentCell.Gru, 3), (RecurrentCell.Lstm, 4)];

    [Fact]
    public void Its_gradients_are_the_differences()
    {
        foreach (var (cell, G) in s_cells)
        {
            GradientAssert.MatchesDifferences(
                (tape, x) => tape.Recurrent(cell, x[0], x[1], x[2]), new Shape(2, 3, 3 * G), new Shape(3 * G, 3), new Shape(3 * G));
            GradientAssert.MatchesDifferences(
                (tape, x) => tape.Recurrent(cell, x[0], x[1], null, State(tape, cell)), new Shape(2, 3, 3 * G), new Shape(3 * G, 3));
        }

        static Tensor State(Tape tape, RecurrentCell cell)
        {
            var state = GradientAssert.Parameter(tape.Device, new Shape(2, cell == RecurrentCell.Lstm ? 6 : 3), new MersenneTwister(9));
            state.RequiresGrad = false;
            return state;
        }
    }

    [Fact]
    public void The_gradients_of_the_hyperbolic_tangent_are_the_differences()
    {
        GradientAssert.MatchesDifferences((tape, x) => tape.Tanh(x[0]), new Shape(2, 3, 7));
        GradientAssert.MatchesDifferences((tape, x) => tape.Tanh(tape.Tanh(x[0])), new Shape(2, 21));
    }

    [Fact]
    public void Two_windows_with_the_state_carried_are_one()
    {
        foreach (var (cell, G) in s_cells)
        {
            Tape.Reset();
            Tape.IsRecording = false;
            var random = new MersenneTwister(4);
            var (gates, weight) = (Parameter(2, 5, 3 * G), Parameter(3 * G, 3));
            var whole = Tape.Recurrent(cell, gates, weight);
            var state = Tensor.Zeros(Tape.Device, "", new Shape(2, cell == RecurrentCell.Lstm ? 6 : 3));
            var (first, second) = (Tape.Recurrent(cell, Part(0, 3), weight, null, state), Tape.Recurrent(cell, Part(3, 2), weight, null, state));
            for (var i = 0; i < whole.Shape.Count; i++)
            {
                var (b, t, j) = (i / 15, i / 3 % 5, i % 3);
                Assert.Equal(whole[i], t < 3 ? first[(b * 3 + t) * 3 + j] : second[(b * 2 + t - 3) * 3 + j]);
            }

            Tensor Parameter(params ReadOnlySpan<int> sizes) => GradientAssert.Parameter(Tape.Device, new Shape(sizes), random);

            Tensor Part(int from, int count)
            {
                var part = Tensor.Zeros(Tape.Device, "", new Shape(2, count, 3 * G));
                for (var i = 0; i < part.Shape.Count; i++)
                    part[i] = gates[(i / (count * 3 * G) * 5 + from + i / (3 * G) % count) * 3 * G + i % (3 * G)];
                return part;
            }
        }
    }

    [Fact]
    public void Shapes_must_fit()
    {
        Refused(() => Tape.Recurrent(RecurrentCell.Lstm, Number(2, 3, 8), Number(6, 2)));
        Refused(() => Tape.Recurrent(RecurrentCell.Gru, Number(2, 3, 5), Number(6, 2)));
        Refused(() => Tape.Recurrent(RecurrentCell.Rnn, Number(3, 2), Number(2, 2)));
        Refused(() => Tape.Recurrent(RecurrentCell.Rnn, Number(1, 3, 2), Number(2, 2), Number(3)));
        Refused(() => Tape.Recurrent(RecurrentCell.Rnn, Number(1, 3, 2), Number(2, 2), null, Number(2, 2)));
        Refused(() => Tape.Recurrent(RecurrentCell.Rnn, Double(1, 3, 2), Number(2, 2)));
        Refused(() => Tape.Tanh(Integer(3)));
        var message = Refused(() => Tape.Recurrent(RecurrentCell.Rnn, Number(1, 3, 2), Number(2, 2), null, Number(1, 2)));
        Assert.Contains("can't have a gradient", message, StringComparison.Ordinal);
    }
}
