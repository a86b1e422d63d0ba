namespace MicroGpt.Cli.Report.Charts;

/// <summary>How a series is drawn.</summary>
internal enum SeriesKind
{
    /// <summary>Every value, faintly.</summary>
    Faint,

    /// <summary>A line.</summary>
    Line,

    /// <summary>A line with a mark at every value, of which there are few.</summary>
    Marked,
}

/// <summary>Values of something over the steps of a run.</summary>
/// <param name="Name">What the legend calls it; empty for nothing.</param>
/// <param name="Points">The values, by step.</param>
/// <param name="Kind">How it is drawn.</param>
/// <param name="Colour">The number of its colour.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, SeriesKind Kind, int Colour);

/// <summary>Lines over steps.</summary>
/// <param name="title">What is drawn, and in which unit.</param>
/// <param name="series">The values.</param>
internal sealed class LineChart(string title, IReadOnlyList<Series> series)
{
    private const double Width = 480, Height = 270, Left = 52, Right = 12, Top = 50, Bottom = 28;
    private const int XTicks = 5, YTicks = 5;
    private const int MostPoints = 400; // as many as there are pixels to see
    private const int MostMarks = 40;

    /// <summary>The picture, or null where there is nothing to draw.</summary>
    public string? Draw()
    {
        var drawn = series
            .Select(one => one with { Points = [.. one.Points.Where(point => double.IsFinite(point.Y))] })
            .Where(one => one.Points.Count > 0).ToArray();
        if (drawn.Length == 0)
            return null;
        var shown = drawn.Select(one => one with { Points = Reduced(one.Points) }).ToArray();
        var (x, y) = (XAxis(shown), Axis.Of(shown.SelectMany(Scaling)));

        var svg = new Svg(Width, Height, title);
        svg.Text(4, 18, title, kind: "title");
        DrawLegend(svg, shown);
        DrawAxes(svg, x, y);
        svg.Clip(Left, Top - 6, Width - Left, Height - Top - Bottom + 12, () =>
        {
            foreach (var one in shown)
            {
                var points = one.Points.Select(point => (X: PlaceX(x, point.X), Y: PlaceY(y, point.Y))).ToArray();
                svg.Path(points, one.Kind == SeriesKind.Faint ? "faint" : "line", Svg.Colour(one.Colour));
                if (one.Kind == SeriesKind.Marked && points.Length <= MostMarks)
                    foreach (var point in points)
                        svg.Mark(point.X, point.Y, one.Colour);
            }
        });
        return svg.ToString();
    }

    private static Axis XAxis(IEnumerable<Series> series)
    {
        var steps = series.SelectMany(one => one.Points).Select(point => point.X).ToArray();
        var (low, high) = (steps.Min(), steps.Max());
        return new Axis(low <= 0.1 * high ? 0 : low, high > low ? high : low + 1);
    }

    /// <summary>Of faint values, those that are far from most others may be cut off.</summary>
    private static IEnumerable<double> Scaling(Series one)
    {
        var values = one.Points.Select(point => point.Y).Order().ToArray();
        return one.Kind == SeriesKind.Faint ? [values[values.Length / 50], values[^(values.Length / 50 + 1)]] : values;
    }

    private static double PlaceX(Axis axis, double value) => Left + axis.Part(value) * (Width - Left - Right);

    private static double PlaceY(Axis axis, double value) => Height - Bottom - axis.Part(value) * (Height - Top - Bottom);

    private static void DrawAxes(Svg svg, Axis x, Axis y)
    {
        foreach (var tick in y.Ticks(YTicks))
        {
            svg.Line(Left, PlaceY(y, tick), Width - Right, PlaceY(y, tick), "grid");
            svg.Text(Left - 8, PlaceY(y, tick) + 4, y.Label(tick, YTicks), "end");
        }

        svg.Text(4, Height - 8, "step");
        foreach (var tick in x.Ticks(XTicks))
            svg.Text(PlaceX(x, tick), Height - 8, x.Label(tick, XTicks), PlaceX(x, tick) > Width - 30 ? "end" : "middle");
    }

    private static void DrawLegend(Svg svg, IEnumerable<Series> series)
    {
        var place = 4.0;
        foreach (var one in series.Where(one => one.Name.Length > 0))
        {
            svg.Line(place, 35, place + 16, 35, "line", Svg.Colour(one.Colour));
            if (one.Kind == SeriesKind.Marked)
                svg.Mark(place + 8, 35, one.Colour);
            svg.Text(place + 22, 39, one.Name);
            place += 38 + 7.2 * one.Name.Length;
        }
    }

    /// <summary>Means of neighbours, no more of them than can be seen.</summary>
    private static (double X, double Y)[] Reduced(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints)
            return [.. points];
        return [.. Enumerable.Range(0, MostPoints).Select(i =>
        {
            var (first, end) = ((int)((long)i * points.Count / MostPoints), (int)((long)(i + 1) * points.Count / MostPoints));
            var part = Enumerable.Range(first, end - first).Select(index => points[index]).ToArray();
            return (part.Average(point => point.X), part.Average(point => point.Y));
        })];
    }
}
