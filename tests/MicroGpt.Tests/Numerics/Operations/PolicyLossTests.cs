using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

public sealed class PolicyLossTests : OperationTests
{
    private static readonly Shape s_tokens = new(2, 3);
    private static readonly double[] s_advantages = [1, 1, 1, -0.5, -0.5, -0.5];
    private static readonly double[] s_weights = [0.25, 0.25, 0, 0.1, 0.2, 0.2];
    private static readonly double[] s_reference = [0.3, 1.5, 0, 2, 0.1, 0.7];

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void Its_gradient_is_the_difference(double beta) =>
        GradientAssert.MatchesDifferences(
            (tape, x) => tape.PolicyLoss(
                tape.TokenLoss(x[0], tape.Integers([4, 0, -1, 2, -7, 2], s_tokens)), Of(tape, s_advantages), Of(tape, s_weights), Of(tape, s_reference), beta),
            new Shape(2, 3, 5));

    [Fact]
    public void Where_the_model_is_its_reference_the_penalty_and_its_gradient_are_zero()
    {
        var tokenLoss = Number(2, 3);
        var free = Tape.PolicyLoss(tokenLoss, Number(2, 3), Number(2, 3)).Item;
        Assert.Equal(free, Tape.PolicyLoss(tokenLoss, Number(2, 3), Number(2, 3), tokenLoss, beta: 100).Item);
    }

    [Fact]
    public void A_token_with_an_advantage_becomes_likelier()
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var tape = new Tape(device);
        var logits = Tensor.Parameter(device, "logits", new Shape(1, 2, 3));
        var advantages = Tensor.Zeros(device, "", new Shape(1, 2));
        (advantages[0], advantages[1]) = (1, -1);
        var weights = Tensor.Zeros(device, "", new Shape(1, 2));
        (weights[0], weights[1]) = (0.5, 0.5);
        tape.Backward(tape.PolicyLoss(tape.TokenLoss(logits, tape.Integers([0, 1], new Shape(1, 2))), advantages, weights));
        Assert.True(logits.Grad![0] < 0, "the first token's score is to rise");
        Assert.True(logits.Grad![4] > 0, "the second's is to fall");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Refused(() => Tape.PolicyLoss(Number(2, 3), Number(3, 2), Number(2, 3)));
        Refused(() => Tape.PolicyLoss(Number(2, 3), Number(2, 3), Number(2, 4)));
        Refused(() => Tape.PolicyLoss(Number(2, 3), Number(2, 3), Number(2, 3), Number(1, 3), 1));
        Refused(() => Tape.PolicyLoss(Number(2, 3), Number(2, 3), Number(2, 3), reference: null, beta: 1));
        Refused(() => Tape.PolicyLoss(Integer(2, 3), Number(2, 3), Number(2, 3)));
    }

    private static Tensor Of(Tape tape, double[] values)
    {
        var tensor = Tensor.Zeros(tape.Device, "", s_tokens);
        for (var i = 0; i < values.Length; i++)
            tensor[i] = values[i];
        return tensor;
    }
}
