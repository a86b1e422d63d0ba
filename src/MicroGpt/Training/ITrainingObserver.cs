namespace MicroGpt.Training;

/// <summary>Someone who watches a run: a terminal, a log, a dashboard. It must not change the model.</summary>
public interface ITrainingObserver
{
    /// <summary>A step was done.</summary>
    /// <param name="record">What is known of it.</param>
    /// <param name="tokens">Tokens the step learned from, padding not counted.</param>
    void OnStep(TrainingRecord record, int tokens);

    /// <summary>The model was evaluated after a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="loss">The loss on the validation data, in nats a token.</param>
    void OnValidation(int step, double loss);

    /// <summary>A checkpoint was written after a step.</summary>
    void OnSaved(int step);
}
