using MicroGpt.Numerics;
using static MicroGpt.Cli.Report.ReportCard;

namespace MicroGpt.Cli.Report;

/// <summary>What a report begins with: the model in a sentence, the figures that people ask for first, and what every stage took.</summary>
internal static class ReportSummary
{
    public static void Write(ReportText text, IReadOnlyList<ReportStage> stages)
    {
        var runs = stages.Where(stage => stage.Run is not null).Select(stage => stage.Run!).ToArray();
        if (runs.LastOrDefault(run => run.Start.Count > 0) is { } last)
            text.Paragraph(Sentence(last));
        var figures = Figures(stages, runs).ToArray();
        if (figures.Length > 0)
            text.Table([.. figures.Select(figure => figure.Name)], [[.. figures.Select(figure => $"**{figure.Value}**")]]);
        WriteStages(text, stages);
    }

    private static string Sentence(RunRecord run)
    {
        var start = run.Start;
        var what = start.TryGetValue("preset", out var preset) ? $"A model of the kind {Visible.Inline(preset)}" : "A model";
        var sizes = start.TryGetValue("sizes", out var size) ? $" ({Visible.Inline(size)})" : "";
        var machine = start.TryGetValue("machine", out var name) ? $", trained on {Visible.Inline(name)}" : "";
        return $"{what}{sizes}{machine}.";
    }

    private static IEnumerable<(string Name, string Value)> Figures(IReadOnlyList<ReportStage> stages, RunRecord[] runs)
    {
        if (runs.Select(run => run.Number("parameters")).LastOrDefault(number => number is not null) is { } parameters)
            yield return ("Parameters", Count(parameters));
        if (Sum(runs.SelectMany(run => run.Steps).Select(step => step.Tokens)) is > 0 and var tokens)
            yield return ("Tokens learned from", Count(tokens));
        if (Sum(stages.Select(stage => (stage.Time ?? stage.Run?.Time)?.TotalSeconds)) is > 0 and var seconds)
            yield return ("Time", Duration(TimeSpan.FromSeconds(seconds)));
        if (runs.MaxBy(run => run.Time) is { TokensPerSecond: { } speed } longest)
        {
            yield return ("Tokens a second", Format($"{speed:N0}"));
            if (longest.Utilisation is { } part)
                yield return ("Of the machine's peak", Format($"{100 * part:F0}%"));
        }

        if (runs.Max(run => run.PeakMemory) is { } memory)
            yield return ("Memory of the program", ByteCount.InWords(memory));
        if (stages.Where(stage => stage.Scores.Any(score => score.Unit is null)).Select(ReportScores.Mean).LastOrDefault() is { } mean)
            yield return ("Mean score", Format($"{100 * mean:F0}%"));

        static double Sum(IEnumerable<double?> numbers) => numbers.Sum() ?? 0;
    }

    private static void WriteStages(ReportText text, IReadOnlyList<ReportStage> stages)
    {
        var trained = stages.Where(stage => stage.Run is not null || stage.Time is not null).ToArray();
        if (trained.Length == 0)
            return;
        (string Name, Func<ReportStage, string?> Of)[] columns =
        [
            ("Stage", stage => Visible.Inline(stage.Name)),
            ("Steps", stage => stage.Run is { } run ? Format($"{run.Steps[^1].Step:N0}") : null),
            ("Tokens", stage => stage.Run?.Steps.Sum(step => step.Tokens) is > 0 and var tokens ? Count(tokens) : null),
            ("Training loss", stage => stage.Run is { Kind: RunKind.Texts } run ? Format($"{run.LatestLoss:F3}") : null),
            ("Validation loss", stage => stage.Run is { Kind: RunKind.Texts, Validations: [.., var last] } ? Format($"{last.Score:F3}") : null),
            ("Reward", stage => stage.Run?.Latest("reward") is { } reward ? Format($"{reward:F3}") : null),
            ("Validation reward", stage => stage.Run is { Kind: RunKind.Rewards, Validations: [.., var last] } ? Format($"{last.Score:F3}") : null),
            ("Preferred rightly", stage => stage.Run?.Latest("accuracy") is { } part ? Format($"{100 * part:F1}%") : null),
            ("Margin, nats", stage => stage.Run?.Latest("margin") is { } margin ? Format($"{margin:F2}") : null),
            ("Bits a byte", stage => stage.Run?.Validations is [.., { BitsPerByte: { } bits }] ? Format($"{bits:F3}") : null),
            ("Tokens/s", stage => stage.Run?.TokensPerSecond is { } speed ? Format($"{speed:N0}") : null),
            ("Of the peak", stage => stage.Run?.Utilisation is { } part ? Format($"{100 * part:F1}%") : null),
            ("Memory of tensors", stage => stage.Run?.TensorMemory is { } memory ? ByteCount.InWords(memory) : null),
            ("Time", stage => (stage.Time ?? stage.Run?.Time) is { } time ? Duration(time) : null),
        ];
        var known = columns.Where(column => trained.Any(stage => column.Of(stage) is not null)).ToArray();
        text.Heading(2, trained.Length == 1 ? "Training" : "Stages");
        text.Table([.. known.Select(column => column.Name)], trained.Select(stage => (string[])[.. known.Select(column => column.Of(stage) ?? "–")]));
    }
}
