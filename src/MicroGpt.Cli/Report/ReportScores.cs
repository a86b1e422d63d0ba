using MicroGpt.Cli.Report.Charts;
using static MicroGpt.Cli.Report.ReportCard;

namespace MicroGpt.Cli.Report;

/// <summary>What the stages score, side by side.</summary>
internal static class ReportScores
{
    public static void Write(ReportText text, IReadOnlyList<ReportStage> stages)
    {
        var scored = stages.Where(stage => stage.Scores.Count > 0).ToArray();
        if (scored.Length == 0)
            return;
        var rows = scored.SelectMany(stage => stage.Scores).Select(score => (score.Name, score.Unit)).Distinct().ToArray();
        text.Heading(2, "Scores");
        text.Pictures(("scores", "Scores with their intervals", Chart(scored, [.. rows.Where(row => row.Unit is null && !IsDetail(row.Name)).Select(row => row.Name)])));
        text.Table(
            ["", .. scored.Select(stage => Visible.Inline(stage.Name))],
            rows.OrderBy(row => row.Unit is not null).Select(row => (string[])[Label(row.Name, row.Unit), .. Cells([.. scored.Select(stage => Find(stage, row.Name, row.Unit))])]));
        if (scored.Any(stage => stage.Scores.Any(score => score.Low is not null)))
            text.Paragraph("In brackets: where the true score lies, with 95% confidence. The best of a row is bold.");
    }

    /// <summary>The mean of what is no detail of something else.</summary>
    public static double? Mean(ReportStage stage)
    {
        var parts = stage.Scores.Where(score => score.Unit is null && !IsDetail(score.Name)).ToArray();
        return parts.Length == 0 ? null : parts.Average(score => score.Value);
    }

    private static bool IsDetail(string name) => name.Contains(": ", StringComparison.Ordinal);

    private static ReportScore? Find(ReportStage stage, string name, string? unit) => stage.Scores.FirstOrDefault(score => score.Name == name && score.Unit == unit);

    private static string Label(string name, string? unit) => Visible.Inline(IsDetail(name) ? "↳ " + name[(name.LastIndexOf(": ", StringComparison.Ordinal) + 2)..] : name) + (unit is null ? "" : $", {Visible.Inline(unit)}");

    private static IEnumerable<string> Cells(ReportScore?[] scores)
    {
        var known = scores.Where(score => score is not null).Select(score => score!).ToArray();
        var best = known.Select(score => score.Value).Distinct().Count() < 2 ? double.NaN : known[0].Unit is null ? known.Max(score => score.Value) : known.Min(score => score.Value);
        return scores.Select(score => score switch
        {
            null => "–",
            { Unit: not null } => Bold(Format($"{score.Value:F3}"), score),
            { Low: { } low, High: { } high } => Bold(Format($"{100 * score.Value:F1}%"), score) + Format($" ({100 * low:F0}–{100 * high:F0})"),
            _ => Bold(Format($"{100 * score.Value:F1}%"), score),
        });

        string Bold(string text, ReportScore score) => score.Value == best ? $"**{text}**" : text;
    }

    private static string? Chart(ReportStage[] stages, IReadOnlyList<string> names) => new IntervalChart(
        "Right answers", [.. stages.Select(stage => stage.Name)],
        [.. names.Select(name => (name, (IReadOnlyList<ReportScore?>)[.. stages.Select(stage => Find(stage, name, null))]))]).Draw();
}
