namespace MicroGpt.Training;

/// <summary>
/// A file that a run is written down in as it goes, so that a run which is killed has left all but its last line. A resumed run goes on with it
/// from the checkpoint's step: what had come after that is cut off, and is written again as the steps are done again.
/// </summary>
public interface ITrainingLog : ITrainingObserver, IDisposable
{
    /// <summary>A text was made by the model after a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="text">The text.</param>
    void OnSample(int step, string text);
}
