using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>Writes down what it is told, and may stop the run behind a step.</summary>
internal sealed class Observer(int stopBehind = int.MaxValue) : ITrainingObserver, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public List<int> Steps { get; } = [];

    public List<int> Validations { get; } = [];

    public List<int> Saves { get; } = [];

    public int Tokens { get; private set; }

    /// <summary>Lets a trainer run before its eyes.</summary>
    public bool Watch(TrainingRun trainer, string? folder = null, params IEnumerable<ITrainingObserver> others)
    {
        if (stopBehind <= 0)
            _stop.Cancel();
        return trainer.Run(new TrainingObservers([this, .. others]), folder, _stop.Token);
    }

    public void OnStep(TrainingRecord record, int tokens)
    {
        Steps.Add(record.Step);
        Tokens = tokens;
        if (record.Step >= stopBehind)
            _stop.Cancel();
    }

    public void OnValidation(int step, double loss) => Validations.Add(step);

    public void OnSaved(int step) => Saves.Add(step);

    public void Dispose() => _stop.Dispose();
}
