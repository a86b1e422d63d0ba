namespace MicroGpt.Numerics;

/// <summary>loss = mean over rows of log Σ exp(logits) − logits[target]; rows whose target is negative do not count.</summary>
internal readonly record struct CrossEntropy(
    Tensor Logits,    // (…, V)
    Tensor Targets,   // one integer a row; negative: no target
    int Counted,      // rows with a target
    Tensor LogSumExp, // (rows), saved for the backward pass, 0 where there is no target
    Tensor RowLoss,   // (rows), 0 where there is no target
    Tensor Loss)      // (1)
    : IOperation
{
    public Operands Inputs => new(Logits);

    public Tensor Output => Loss;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>The target of a row that takes no part in the loss: padding, or what the model is not to learn.</summary>
    public const int IgnoredTarget = -1;

    private static readonly Shape s_number = new(1); // kept, because an unoptimized build allocates for constant sizes

    /// <summary>The mean cross-entropy of softmax(logits) at the targets, in nats.</summary>
    /// <param name="logits">A row of scores for every position, (…, V).</param>
    /// <param name="targets">The right column of every row, integers; <see cref="IgnoredTarget"/> leaves a row out.</param>
    /// <returns>The mean over the rows that count, a single number; 0 if none does.</returns>
    /// <exception cref="ArgumentException">There is not one target a row, or an element type is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a column.</exception>
    public Tensor CrossEntropy(Tensor logits, Tensor targets)
    {
        Check.Type(logits, Device.DType);
        Check.Targets(targets, logits.Shape);
        var rows = new Shape(logits.Shape.Rows);
        var counted = 0;
        foreach (var target in targets.AsSpan<int>())
            counted += target >= 0 ? 1 : 0;
        var logSumExp = CreateSaved(rows);
        var rowLoss = CreateSaved(rows);
        var loss = Create(s_number);
        Run(new CrossEntropy(logits, targets, counted, logSumExp, rowLoss, loss));
        return loss;
    }
}
