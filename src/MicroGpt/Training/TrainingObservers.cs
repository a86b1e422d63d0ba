namespace MicroGpt.Training;

/// <summary>Several who watch a run, told in turn.</summary>
/// <param name="observers">Who.</param>
public sealed class TrainingObservers(params IEnumerable<ITrainingObserver> observers) : ITrainingObserver
{
    private readonly ITrainingObserver[] _observers = [.. observers];

    /// <inheritdoc/>
    public void OnStep(TrainingRecord record, int tokens)
    {
        foreach (var observer in _observers)
            observer.OnStep(record, tokens);
    }

    /// <inheritdoc/>
    public void OnValidation(int step, double loss)
    {
        foreach (var observer in _observers)
            observer.OnValidation(step, loss);
    }

    /// <inheritdoc/>
    public void OnSaved(int step)
    {
        foreach (var observer in _observers)
            observer.OnSaved(step);
    }
}
