namespace MicroGpt.Training;

/// <summary>The loss or the gradient became infinite or not a number.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Says at which step.</summary>
    public TrainingDivergedException(int step)
        : base($"The loss is no longer a number at step {step}: training has diverged. Try a lower learning rate, or a lower gradient clip.") =>
        Step = step;

    /// <summary>The step, 1 for the first.</summary>
    public int Step { get; }
}
