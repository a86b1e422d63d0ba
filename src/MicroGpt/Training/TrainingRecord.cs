namespace MicroGpt.Training;

/// <summary>What is known of one step: a row of <c>loss.csv</c>.</summary>
/// <param name="Step">The step, 1 for the first.</param>
/// <param name="TrainLoss">The mean loss of the step's batch before its update, in nats a token.</param>
/// <param name="ValidationLoss">The loss on the validation data after the update, or what else the run is judged by, where it was measured.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The gradient's length before clipping.</param>
public sealed record TrainingRecord(int Step, double TrainLoss, double? ValidationLoss, double LearningRate, double GradientNorm)
{
    /// <summary>What the run measures besides, as <see cref="Training.Measures.OfStep"/> names it.</summary>
    public IReadOnlyList<double> Measures { get; init; } = [];

    /// <summary>Bits a byte of the validation data, where they were measured.</summary>
    public double? ValidationBitsPerByte { get; init; }
}
