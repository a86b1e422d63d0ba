namespace MicroGpt.Numerics;

/// <summary>loss = log Σ exp(logits) − logits[target] for every row by itself: −log p of its target.</summary>
internal readonly record struct TokenLoss(
    Tensor Logits,    // (…, V)
    Tensor Targets,   // one integer a row; negative: no target
    Tensor LogSumExp, // (…), saved for the backward pass, 0 where there is no target
    Tensor Loss)      // (…), 0 where there is no target
    : IOperation
{
    public Operands Inputs => new(Logits);

    public Tensor Output => Loss;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The cross-entropy of every row by itself, in nats: how unlikely each target is, −log p.</summary>
    /// <param name="logits">A row of scores for every position, (…, V).</param>
    /// <param name="targets">The right column of every row, integers; <see cref="IgnoredTarget"/> leaves a row out.</param>
    /// <returns>A number a row, in the shape of <paramref name="targets"/>; 0 where there is no target.</returns>
    /// <exception cref="ArgumentException">There is not one target a row, or an element type is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a column.</exception>
    public Tensor TokenLoss(Tensor logits, Tensor targets)
    {
        Check.Type(logits, Device.DType);
        Check.Targets(targets, logits.Shape);
        var logSumExp = CreateSaved(targets.Shape);
        var loss = Create(targets.Shape);
        Run(new TokenLoss(logits, targets, logSumExp, loss));
        return loss;
    }
}
