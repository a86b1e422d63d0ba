namespace MicroGpt.Training;

/// <summary>The loss or the gradient became infinite or not a number.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Says at which step, and more if it is known.</summary>
    public TrainingDivergedException(int step, string? message = null)
        : base(message ?? $"The loss is no longer a number at step {step}: training has diverged. {WayOut}") => Step = step;

    internal const string WayOut = "Try a lower learning rate, or a lower gradient clip.";

    /// <summary>The step, 1 for the first.</summary>
    public int Step { get; }
}
