using MicroGpt.Cli.Report.Charts;

namespace MicroGpt.Cli.Report;

/// <summary>How training went, as curves over steps.</summary>
internal static class ReportCurves
{
    private const int Windows = 40; // of which the curve would be made if they stood side by side: a smoothed value is the mean of one round it
    private const int FewestToSmooth = 100;

    public static void Write(ReportText text, IReadOnlyList<ReportStage> stages)
    {
        var trained = stages.Where(stage => stage.Run is not null).ToArray();
        if (trained.Length == 0)
            return;
        text.Heading(2, "Curves");
        if (Comparable(trained))
            text.Pictures(("validation", "What all were judged by", new LineChart(
                $"Validation: {Judged(trained[0].Run!.Kind)}",
                [.. trained.Select((stage, i) => new Series(stage.Name, Validation(stage.Run!), SeriesKind.Marked, i))]).Draw()));
        for (var i = 0; i < trained.Length; i++)
        {
            var (name, run) = (trained[i].Name, trained[i].Run!);
            if (trained.Length > 1)
                text.Heading(3, name);
            var number = FormattableString.Invariant($"{i + 1}");
            (string Kind, string What, string? Svg)[] charts =
            [
                .. Learning(run),
                ("rate", "Learning rate", Chart("Learning rate", run, step => step.LearningRate, 3, isSmooth: true)),
                ("norm", "Gradient", Chart("Length of the gradient", run, step => step.GradientNorm, 2)),
                ("speed", "Speed", Chart("Speed, tokens a second", run, step => step.Tokens / step.Seconds, 4)),
            ];
            text.Pictures(charts.Select(chart => ($"{number}-{chart.Kind}", $"{chart.What}: {name}", chart.Svg)));
        }
    }

    /// <summary>Whether it learns what it is to learn: which the loss says of texts, but not of rewards.</summary>
    private static IEnumerable<(string Kind, string What, string? Svg)> Learning(RunRecord run) => run.Kind switch
    {
        RunKind.Rewards =>
        [
            ("reward", "Reward", Judged(run, "of replies drawn", Measured(run, "reward"), "of the likeliest, validation")),
            ("kl", "Distance from the reference", Measure(run, "kl", "Distance from the reference (KL), nats a token")),
            ("length", "Length of replies", Measure(run, "length", "Length of a reply, tokens")),
        ],
        RunKind.Pairs =>
        [
            ("accuracy", "Preferred rightly", Measure(run, "accuracy", "Part of the pairs that are preferred rightly")),
            ("margin", "Margin", Measure(run, "margin", "Margin of the better reply, nats")),
            ("loss", "Loss", Judged(run, "training", Losses(run), "validation")),
        ],
        _ =>
        [
            ("loss", "Loss", Judged(run, "training", Losses(run), "validation")),
            ("bits", "Bits a byte", Bits(run)),
        ],
    };

    /// <summary>What a run of a kind is judged by, with its unit.</summary>
    private static string Judged(RunKind kind) => kind switch
    {
        RunKind.Rewards => "Mean reward of a reply",
        RunKind.Pairs => "Loss, nats a pair",
        _ => "Loss, nats a token",
    };

    /// <summary>What runs were judged by can be compared where they learned alike from the same data in the same tokens.</summary>
    private static bool Comparable(ReportStage[] stages) =>
        stages.Length > 1 && stages.All(stage => stage.Run!.Validations.Count > 1)
        && stages.Select(stage => (stage.Run!.Kind, stage.Run.Start.GetValueOrDefault("data"), stage.Run.Start.GetValueOrDefault("vocabulary"))).Distinct().Count() == 1
        && stages[0].Run!.Start.ContainsKey("data");

    private static string? Judged(RunRecord run, string training, (double, double)[] values, string validation) => new LineChart(
        Judged(run.Kind), [.. Curve(training, values, 0), new Series(validation, Validation(run), SeriesKind.Marked, 1)]).Draw();

    private static string? Measure(RunRecord run, string name, string title) => Measured(run, name) is { Length: > 1 } points
        ? new LineChart(title, [.. Curve("", points, 5)]).Draw()
        : null;

    private static (double, double)[] Losses(RunRecord run) => [.. run.Steps.Select(step => ((double)step.Step, step.Loss))];

    private static (double, double)[] Measured(RunRecord run, string name) => [.. run.Measures.GetValueOrDefault(name) ?? []];

    private static string? Bits(RunRecord run) => new LineChart("Validation, bits a byte",
        [new Series("", [.. run.Validations.Where(one => one.BitsPerByte is not null).Select(one => ((double)one.Step, one.BitsPerByte!.Value))], SeriesKind.Marked, 1)]).Draw();

    private static (double, double)[] Validation(RunRecord run) => [.. run.Validations.Select(one => ((double)one.Step, one.Score))];

    private static string? Chart(string title, RunRecord run, Func<RunStep, double?> value, int colour, bool isSmooth = false)
    {
        var points = run.Steps.Where(step => value(step) is { } number && double.IsFinite(number)).Select(step => ((double)step.Step, value(step)!.Value)).ToArray();
        return points.Length < 2 ? null : new LineChart(title, isSmooth ? [new Series("", points, SeriesKind.Line, colour)] : [.. Curve("", points, colour)]).Draw();
    }

    /// <summary>Every value faintly, and the mean of those round it; of few values, only themselves.</summary>
    private static IEnumerable<Series> Curve(string name, (double X, double Y)[] points, int colour)
    {
        if (points.Length < FewestToSmooth)
            return [new Series(name, points, SeriesKind.Line, colour)];
        var (sums, half) = (new double[points.Length + 1], points.Length / Windows / 2 + 1);
        for (var i = 0; i < points.Length; i++)
            sums[i + 1] = sums[i] + points[i].Y;
        var smoothed = points.Select((point, i) =>
        {
            var around = Math.Min(half, Math.Min(i, points.Length - 1 - i)); // the same on both sides, so that a slope stays one
            return (point.X, (sums[i + around + 1] - sums[i - around]) / (2 * around + 1));
        });
        return [new Series("", points, SeriesKind.Faint, colour), new Series(name, [.. smoothed], SeriesKind.Line, colour)];
    }
}
