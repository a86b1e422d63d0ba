using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class PreferenceLossTests : OperationTests
{
    [Fact]
    public void Its_gradient_is_the_difference() =>
        GradientAssert.MatchesDifferences(
            (tape, x) =>
            {
                var reference = Tensor.Zeros(tape.Device, "", new Shape(2));
                (reference[0], reference[1]) = (0.7, -1.3);
                var tokenLoss = tape.TokenLoss(x[0], tape.Integers([4, 0, -1, 2, -7, 2, 1, 1, 1, 0, -1, -1], new Shape(4, 3)));
                return tape.PreferenceLoss(tokenLoss, reference, beta: 0.6, out _);
            },
            new Shape(4, 3, 5));

    [Fact]
    public void A_model_that_prefers_as_its_reference_does_loses_the_logarithm_of_two()
    {
        var tokenLoss = Number(4, 3);
        var reference = Number(2);
        for (var pair = 0; pair < 2; pair++)
        {
            reference[pair] = 0;
            for (var t = 0; t < 3; t++)
                reference[pair] += tokenLoss[(2 * pair + 1) * 3 + t] - tokenLoss[2 * pair * 3 + t];
        }

        Assert.Equal(Math.Log(2), Tape.PreferenceLoss(tokenLoss, reference, beta: 0.1, out var margins).Item, 1e-6);
        Assert.Equal(0, margins[0], 1e-6);
        Assert.Equal(0, margins[1], 1e-6);
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(-1e6)]
    public void Large_margins_neither_overflow_nor_vanish(double reference)
    {
        using var device = Device.Cpu(threads: 1);
        var tape = new Tape(device);
        var tokenLoss = Tensor.Parameter(device, "token loss", new Shape(2, 1));
        var margin = Tensor.Zeros(device, "", new Shape(1));
        margin[0] = reference;
        var loss = tape.PreferenceLoss(tokenLoss, margin, beta: 1, out _);
        Assert.Equal(Math.Max(reference, 0), loss.Item);
        tape.Backward(loss);
        Assert.Equal(reference > 0 ? 1 : 0, tokenLoss.Grad![0]);
    }

    [Fact]
    public void A_pair_has_two_rows()
    {
        Refused(() => Tape.PreferenceLoss(Number(3, 3), Number(2), 1, out _));
        Refused(() => Tape.PreferenceLoss(Number(4, 3), Number(1, 2), 1, out _));
        Refused(() => Tape.PreferenceLoss(Number(4), Number(2), 1, out _));
        Refused(() => Tape.PreferenceLoss(Number(4, 3), Number(2), double.NaN, out _));
        Refused(() => Tape.PreferenceLoss(Double(4, 3), Number(2), 1, out _));
    }
}
