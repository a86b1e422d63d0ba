using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace MicroGpt.Cli.Report.Charts;

/// <summary>A picture being drawn: shapes by class, whose colours the style sheet gives, in light and in dark.</summary>
internal sealed class Svg
{
    // In the picture itself, so that it looks the same in a page and as a file.
    private const string Style = """
        .chart{--ink:#1f2328;--soft:#656d76;--grid:#d8dee4;--s0:#2563eb;--s1:#c2570c;--s2:#047857;--s3:#9333ea;--s4:#be123c;--s5:#64748b;font:13px system-ui,-apple-system,"Segoe UI",sans-serif}
        @media(prefers-color-scheme:dark){.chart{--ink:#e6edf3;--soft:#9198a1;--grid:#30363d;--s0:#60a5fa;--s1:#fbbf24;--s2:#34d399;--s3:#c084fc;--s4:#fb7185;--s5:#94a3b8}}
        @media print{.chart{--ink:#1f2328;--soft:#656d76;--grid:#d8dee4;--s0:#2563eb;--s1:#c2570c;--s2:#047857;--s3:#9333ea;--s4:#be123c;--s5:#64748b}}
        .chart text{fill:var(--soft)}.chart .title{fill:var(--ink);font-weight:600}.chart .label{fill:var(--ink)}
        .chart .grid{stroke:var(--grid);fill:none}.chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .chart .faint{fill:none;stroke-width:1;opacity:.35}.chart .whisker{stroke-width:2;opacity:.55}
        """;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;
    private XElement _parent;

    public Svg(double width, double height, string description)
    {
        _root = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"), new XAttribute("class", "chart"), new XAttribute("role", "img"),
            new XElement(s_svg + "title", Visible.Text(description)),
            new XElement(s_svg + "style", Style));
        _parent = _root;
    }

    /// <summary>The colour of a series, for stroke or fill.</summary>
    public static string Colour(int series) => FormattableString.Invariant($"var(--s{series % 6})");

    public void Line(double x1, double y1, double x2, double y2, string kind, string? stroke = null) => Add(
        "line", kind, stroke, ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    public void Path(IEnumerable<(double X, double Y)> points, string kind, string stroke)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Number(x)).Append(' ').Append(Number(y));
        Add("path", kind, stroke).Add(new XAttribute("d", path.ToString()));
    }

    /// <summary>A mark, whose form tells series apart where colours don't.</summary>
    public void Mark(double x, double y, int series)
    {
        const double R = 4.5;
        XElement mark;
        switch (series % 4)
        {
            case 0:
                mark = Add("circle", null, null, ("cx", x), ("cy", y), ("r", R));
                break;
            case 1:
                mark = Add("rect", null, null, ("x", x - 4), ("y", y - 4), ("width", 8), ("height", 8));
                break;
            default:
                mark = Add("path", null, null);
                mark.Add(new XAttribute("d", series % 4 == 2
                    ? $"M{Number(x)} {Number(y - 5.5)}l5.5 5.5-5.5 5.5-5.5-5.5z"
                    : $"M{Number(x)} {Number(y - 5.5)}l5.5 10h-11z"));
                break;
        }

        mark.Add(new XAttribute("style", $"fill:{Colour(series)}"));
    }

    /// <param name="x">Where it is.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">What it says.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="kind">title or label, or null for what is read last.</param>
    public void Text(double x, double y, string text, string anchor = "start", string? kind = null)
    {
        var element = Add("text", kind, null, ("x", x), ("y", y));
        element.Add(Visible.Text(text));
        if (anchor != "start")
            element.Add(new XAttribute("text-anchor", anchor));
    }

    /// <summary>What is drawn within keeps inside a rectangle.</summary>
    public void Clip(double x, double y, double width, double height, Action draw)
    {
        var view = new XElement(
            s_svg + "svg",
            new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("width", Number(width)), new XAttribute("height", Number(height)),
            new XAttribute("viewBox", $"{Number(x)} {Number(y)} {Number(width)} {Number(height)}"));
        _parent.Add(view);
        _parent = view;
        draw();
        _parent = _root;
    }

    public override string ToString() => _root.ToString(SaveOptions.DisableFormatting);

    private static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private XElement Add(string name, string? kind, string? stroke, params ReadOnlySpan<(string Name, double Value)> places)
    {
        var element = new XElement(s_svg + name);
        if (kind is not null)
            element.Add(new XAttribute("class", kind));
        if (stroke is not null)
            element.Add(new XAttribute("style", $"stroke:{stroke}"));
        foreach (var (place, value) in places)
            element.Add(new XAttribute(place, Number(value)));
        _parent.Add(element);
        return element;
    }
}
