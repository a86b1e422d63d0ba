namespace MicroGpt.Numerics;

/// <summary>
/// loss = Σ wᵢ·(Aᵢ·lᵢ + β·kᵢ), where lᵢ = −log p is a token's loss, rᵢ that of a reference, and k = exp(l − r) − (l − r) − 1
/// an estimate of how far the model has gone from the reference that is never negative (Schulman 2020).
/// </summary>
internal readonly record struct PolicyLoss(
    Tensor TokenLoss,  // (B, T)
    Tensor Advantages, // (B, T)
    Tensor Weights,    // (B, T), 0 where there is no token
    Tensor? Reference, // (B, T), or null where β is 0
    double Beta,
    Tensor Loss)       // (1)
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
    /// What is to be minimized so that tokens with an advantage become likelier and those with a disadvantage less so: the policy gradient
    /// (Williams 1992), with GRPO's penalty for leaving a reference (Shao et al. 2024, equation 4). There is no ratio and no clipping: the
    /// tokens are the model's own, written with the weights it has now.
    /// </summary>
    /// <param name="tokenLoss">−log p of the tokens, as <see cref="TokenLoss"/> gives it, (B, T).</param>
    /// <param name="advantages">How much better than expected what came of each token was, (B, T).</param>
    /// <param name="weights">What each token counts, (B, T); 0 for one that is not the model's.</param>
    /// <param name="reference">−log p of the same tokens by the reference, (B, T); null where <paramref name="beta"/> is 0.</param>
    /// <param name="beta">How strongly the model is held to the reference.</param>
    /// <returns>A single number.</returns>
    /// <exception cref="ArgumentException">The shapes differ, an element type is wrong, or there is no reference to be held to.</exception>
    public Tensor PolicyLoss(Tensor tokenLoss, Tensor advantages, Tensor weights, Tensor? reference = null, double beta = 0)
    {
        Check.Type(tokenLoss, Device.DType);
        Check.Shape(advantages, tokenLoss.Shape, Device.DType);
        Check.Shape(weights, tokenLoss.Shape, Device.DType);
        if (reference is not null)
            Check.Shape(reference, tokenLoss.Shape, Device.DType);
        if (!double.IsFinite(beta) || (beta != 0 && reference is null))
            throw new ArgumentException($"A penalty of {beta} for leaving the reference needs a number and a reference.", nameof(beta));
        var loss = Create(s_number);
        Run(new PolicyLoss(tokenLoss, advantages, weights, reference, beta, loss));
        return loss;
    }
}
