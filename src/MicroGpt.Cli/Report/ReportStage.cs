namespace MicroGpt.Cli.Report;

/// <summary>A stage of a model's life, or one of several runs, as a report card shows it. Whatever is not known is left out.</summary>
/// <param name="Name">What people call it: untrained, pretrained, fine-tuned.</param>
internal sealed record ReportStage(string Name)
{
    /// <summary>What its training wrote down, or null where it was not trained.</summary>
    public RunRecord? Run { get; init; }

    /// <summary>What it scored.</summary>
    public IReadOnlyList<ReportScore> Scores { get; init; } = [];

    /// <summary>What it wrote.</summary>
    public IReadOnlyList<ReportSample> Samples { get; init; } = [];

    /// <summary>How long it took in all, or null for what its run's log says.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>All that a folder tells of a stage: its log or <c>loss.csv</c>, its scores, its replies or the samples made on the way.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="folder">A checkpoint's folder.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file of scores is damaged.</exception>
    public static ReportStage OfFolder(string name, string folder)
    {
        var run = RunRecord.Read(folder);
        return new ReportStage(name)
        {
            Run = run,
            Scores = ScoreFile.ReadAll(folder),
            Samples = Replies.Read(folder) is { Count: > 0 } replies ? replies : run is null ? [] : ReportSample.Selected(run.Samples),
        };
    }
}

/// <summary>How well something was done, or how well texts are predicted.</summary>
/// <param name="Name">What was asked.</param>
/// <param name="Value">A part from 0 to 1, or a number with a unit.</param>
/// <param name="Low">Where the interval begins, or null for none.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Count">Of how many tries, or null where that is not told.</param>
/// <param name="Unit">Of a number that is no part of 1; null for one that is.</param>
internal sealed record ReportScore(string Name, double Value, double? Low = null, double? High = null, int? Count = null, string? Unit = null);

/// <summary>What a model wrote.</summary>
/// <param name="Title">After which step, or to which question.</param>
/// <param name="Text">The text.</param>
internal sealed record ReportSample(string Title, string Text)
{
    private const int Most = 3;

    /// <summary>Of many samples those that show how it went: the first, one of the middle, the last.</summary>
    public static IReadOnlyList<ReportSample> Selected(IReadOnlyList<(int Step, string Text)> samples) =>
        [.. Enumerable.Range(0, Math.Min(Most, samples.Count))
            .Select(i => samples[samples.Count <= Most ? i : i * (samples.Count - 1) / (Most - 1)])
            .Select(sample => new ReportSample(FormattableString.Invariant($"After step {sample.Step:N0}"), sample.Text))];
}
