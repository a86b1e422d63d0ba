using System.Diagnostics;
using System.Globalization;
using MicroGpt.Training;

namespace MicroGpt.Cli.Output;

/// <summary>What is measured of a run under way, and the lines that are printed of it in any case.</summary>
internal abstract class TrainingProgress(CommandContext context, TrainingRun run, Func<string> sample) : ITrainingObserver
{
    private const double Forgetting = 0.05; // of the moving averages: they look back over some 20 steps

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly int _firstStep = run.Step;
    private TimeSpan _notTraining; // spent on evaluations and samples
    private TimeSpan _lastStep;
    private double[] _figures = []; // smoothed

    protected CommandContext Context => context;

    protected TrainingRun Training => run;

    /// <summary>What the run measures, smoothed, in words.</summary>
    /// <param name="between">What stands between two figures.</param>
    /// <param name="short">Whether the training loss is simply called loss.</param>
    protected string Figures(string between, bool @short = false)
    {
        var names = run.Measures.Loss is { } loss ? [@short ? "loss" : loss, .. run.Measures.OfStep] : run.Measures.OfStep;
        return string.Join(between, names.Zip(_figures, (name, value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value:F3}")));
    }

    protected double TokensPerSecond { get; private set; } = double.NaN;

    protected TimeSpan Left =>
        run.Step == _firstStep
            ? TimeSpan.Zero
            : (_watch.Elapsed - _notTraining) / (run.Step - _firstStep) * (run.Options.Steps - run.Step);

    public void OnStep(TrainingRecord record, int tokens)
    {
        double[] measured = run.Measures.Loss is null ? [.. record.Measures] : [record.TrainLoss, .. record.Measures];
        _figures = _figures.Length == 0 ? measured : [.. _figures.Zip(measured, (smooth, now) => smooth + Forgetting * (now - smooth))];
        var now = _watch.Elapsed;
        var rate = tokens / Math.Max((now - _lastStep).TotalSeconds, 1e-9);
        TokensPerSecond = double.IsNaN(TokensPerSecond) ? rate : TokensPerSecond + Forgetting * (rate - TokensPerSecond);
        _lastStep = now;
        ShowStep(record);
    }

    public void OnValidation(int step, double loss)
    {
        var bits = run.Log.Records[^1].ValidationBitsPerByte;
        WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"step {step,6} / {run.Options.Steps} | {Figures(" | ")} | {run.Measures.Validation} {loss:F3}{(bits is null ? "" : " | ")}{bits:F3}{(bits is null ? "" : " bits a byte")}"));
        var text = sample(); // the last one is for the log: what follows shows the model's best
        if (step < run.Options.Steps && text.Length > 0)
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
