namespace MicroGpt.Training;

/// <summary>What is known of one step: a row of <c>loss.csv</c>.</summary>
/// <param name="Step">The step, 1 for the first.</param>
/// <param name="TrainLoss">The mean loss of the step's batch before its update, in nats a token.</param>
/// <param name="ValidationLoss">The loss on the validation data after the update, where it was measured.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The gradient's length before clipping.</param>
public sealed record TrainingRecord(int Step, double TrainLoss, double? ValidationLoss, double LearningRate, double GradientNorm);
