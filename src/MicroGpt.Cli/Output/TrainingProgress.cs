using System.Diagnostics;
using System.Globalization;
using MicroGpt.Training;

namespace MicroGpt.Cli.Output;

/// <summary>What is measured of a run under way, and the lines that are printed of it in any case.</summary>
internal abstract class TrainingProgress(CommandContext context, Trainer trainer, Func<string> sample) : ITrainingObserver
{
    private const double Forgetting = 0.05; // of the moving averages: they look back over some 20 steps

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly int _firstStep = trainer.Step;
    private TimeSpan _notTraining; // spent on evaluations and samples
    private TimeSpan _lastStep;

    protected CommandContext Context => context;

    protected Trainer Trainer => trainer;

    /// <summary>The training loss, smoothed.</summary>
    protected double Loss { get; private set; } = double.NaN;

    protected double TokensPerSecond { get; private set; } = double.NaN;

    protected TimeSpan Left =>
        trainer.Step == _firstStep
            ? TimeSpan.Zero
            : (_watch.Elapsed - _notTraining) / (trainer.Step - _firstStep) * (trainer.Options.Steps - trainer.Step);

    public void OnStep(TrainingRecord record, int tokens)
    {
        Loss = double.IsNaN(Loss) ? record.TrainLoss : Loss + Forgetting * (record.TrainLoss - Loss);
        var now = _watch.Elapsed;
        var rate = tokens / Math.Max((now - _lastStep).TotalSeconds, 1e-9);
        TokensPerSecond = double.IsNaN(TokensPerSecond) ? rate : TokensPerSecond + Forgetting * (rate - TokensPerSecond);
        _lastStep = now;
        ShowStep(record);
    }

    public void OnValidation(int step, double loss)
    {
        WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"step {step,6} / {trainer.Options.Steps} | train loss {Loss:F3} | val loss {loss:F3}"));
        var text = sample(); // the last one is for the log: what follows shows the model's best
        if (step < trainer.Options.Steps)
            WriteLine($"              sample: {OneLine(text)}");
        _notTraining += _watch.Elapsed - _lastStep;
        _lastStep = _watch.Elapsed;
    }

    public void OnSaved(int step) => _lastStep = _watch.Elapsed;

    protected abstract void ShowStep(TrainingRecord record);

    protected abstract void WriteLine(string line);

    protected static string Duration(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : time.ToString("mm\\:ss", CultureInfo.InvariantCulture);

    private static string OneLine(string text) => text.ReplaceLineEndings("⏎");
}
