using System.Text;

namespace MicroGpt.Cli.Report;

/// <summary>A report being written in Markdown, with the charts that it shows.</summary>
/// <param name="name">What its files are called, without their ends.</param>
internal sealed class ReportText(string name)
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _charts = [];

    /// <summary>The charts in SVG, by their files' names.</summary>
    public IReadOnlyDictionary<string, string> Charts => _charts;

    public void Heading(int level, string text) => _text.Append('#', level).Append(' ').Append(Visible.Inline(text)).Append("\n\n");

    /// <param name="markdown">Markdown, in which what came from elsewhere is made <see cref="Visible"/>.</param>
    public void Paragraph(string markdown) => _text.Append(markdown).Append("\n\n");

    public void Block(string text, string language = "text") => _text.Append(Visible.Block(text, language)).Append('\n');

    /// <summary>Charts side by side; those that have nothing to show are left out.</summary>
    /// <param name="charts">What each is called, what it shows in words, and how it looks.</param>
    public void Pictures(params IEnumerable<(string Kind, string Description, string? Svg)> charts)
    {
        var any = false;
        foreach (var (kind, description, svg) in charts)
        {
            if (svg is null)
                continue;
            any = true;
            var file = $"{name}-{kind}.svg";
            _charts[file] = svg;
            _text.Append("![").Append(Visible.Inline(description)).Append("](").Append(Uri.EscapeDataString(file)).Append(")\n");
        }

        if (any)
            _text.Append('\n');
    }

    /// <summary>A table, its first column on the left and the others on the right.</summary>
    /// <param name="header">The names of the columns, which are Markdown as all cells.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="isText">Whether the others hold texts, which stand on the left, too.</param>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, bool isText = false)
    {
        Row(header);
        Row([.. header.Select((_, column) => column == 0 || isText ? "---" : "---:")]);
        foreach (var row in rows)
            Row(row);
        _text.Append('\n');

        void Row(IReadOnlyList<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    public override string ToString() => _text.ToString().TrimEnd() + "\n";
}
