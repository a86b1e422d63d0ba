namespace MicroGpt.Cli.Report.Charts;

/// <summary>Parts of a whole with their intervals: a row for each question, a mark in it for each model.</summary>
/// <param name="title">What is drawn.</param>
/// <param name="models">The models' names.</param>
/// <param name="rows">What was asked, and how each model did; null where one was not asked.</param>
internal sealed class IntervalChart(
    string title, IReadOnlyList<string> models, IReadOnlyList<(string Name, IReadOnlyList<ReportScore?> Scores)> rows)
{
    private const double Width = 560, Right = 24, Top = 56, Bottom = 28, CharacterWidth = 7.2;
    private const int LongestName = 24;

    /// <summary>The picture, or null where there is nothing to draw.</summary>
    public string? Draw()
    {
        if (rows.Count == 0)
            return null;
        var left = 16 + CharacterWidth * rows.Max(row => Math.Min(row.Name.Length, LongestName));
        var rowHeight = Math.Max(26, 10 + 9 * models.Count);
        var height = Top + rows.Count * rowHeight + Bottom;
        var svg = new Svg(Width, height, title);
        svg.Text(4, 18, title, kind: "title");
        DrawLegend(svg);
        for (var tick = 0; tick <= 4; tick++)
        {
            svg.Line(Place(tick / 4.0), Top, Place(tick / 4.0), height - Bottom, "grid");
            svg.Text(Place(tick / 4.0), height - 8, FormattableString.Invariant($"{25 * tick}%"), "middle");
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var centre = Top + (i + 0.5) * rowHeight;
            var name = rows[i].Name;
            svg.Text(left - 12, centre + 4, name.Length > LongestName ? name[..(LongestName - 1)] + "…" : name, "end", "label");
            for (var model = 0; model < models.Count; model++)
                if (rows[i].Scores[model] is { } score)
                    Draw(score, centre + 9 * (model - (models.Count - 1) / 2.0), model);
        }

        return svg.ToString();

        double Place(double part) => left + Math.Clamp(part, 0, 1) * (Width - left - Right);

        void Draw(ReportScore score, double y, int model)
        {
            if (score is { Low: { } low, High: { } high })
                svg.Line(Place(low), y, Place(high), y, "whisker", Svg.Colour(model));
            svg.Mark(Place(score.Value), y, model);
        }
    }

    private void DrawLegend(Svg svg)
    {
        var place = 10.0;
        for (var model = 0; model < models.Count; model++)
        {
            svg.Mark(place, 38, model);
            svg.Text(place + 10, 42, models[model]);
            place += 30 + CharacterWidth * models[model].Length;
        }
    }
}
