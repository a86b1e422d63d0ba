namespace MicroGpt.Numerics;

/// <summary>
/// loss = mean over pairs of −log σ(β·(margin − reference)), where the margin is log p(chosen) − log p(rejected): of two rows of
/// token losses, the sum of the second less that of the first.
/// </summary>
internal readonly record struct PreferenceLoss(
    Tensor TokenLoss, // (2P, T): chosen and rejected in turn, 0 where there is no token
    Tensor Reference, // (P): the reference's margins
    double Beta,
    Tensor Margins,   // (P): margin − reference, saved for the backward pass
    Tensor Loss)      // (1)
    : IOperation
{
    public Operands Inputs => new(TokenLoss);

    public Tensor Output => Loss;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>
    /// The loss of direct preference optimization (Rafailov et al. 2023, equation 7): small where the model prefers what was chosen
    /// over what was rejected by more than a reference does.
    /// </summary>
    /// <param name="tokenLoss">−log p of the replies' tokens, as <see cref="TokenLoss"/> gives it, (2P, T): chosen and rejected in turn.</param>
    /// <param name="reference">log p(chosen) − log p(rejected) of the reference, (P).</param>
    /// <param name="beta">How strongly the model is held to the reference: the smaller, the further it goes.</param>
    /// <param name="margins">Receives how much more the model prefers what was chosen than the reference does, (P), in nats.</param>
    /// <returns>The mean over the pairs, a single number; 0 where there is none.</returns>
    /// <exception cref="ArgumentException">There are not two rows for each margin, an element type is wrong, or β is no number.</exception>
    public Tensor PreferenceLoss(Tensor tokenLoss, Tensor reference, double beta, out Tensor margins)
    {
        Check.Rank(tokenLoss, 2, Device.DType);
        Check.Rank(reference, 1, Device.DType);
        if (tokenLoss.Shape[0] != 2L * reference.Shape[0] || !double.IsFinite(beta))
            throw new ArgumentException($"{reference.Shape[0]} margins and a β of {beta} do not fit {tokenLoss.Shape[0]} rows: a pair has two.", nameof(reference));
        margins = CreateSaved(reference.Shape);
        var loss = Create(s_number);
        Run(new PreferenceLoss(tokenLoss, reference, beta, margins, loss));
        return loss;
    }
}
