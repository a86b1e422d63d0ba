using System.Globalization;
using System.Text;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Report;

/// <summary>
/// The report card of a model, or of several side by side: how it was trained, what that took, what it scores, what it writes, and how to repeat
/// it. One text in Markdown with charts in SVG is the source; the page is the same in HTML, with everything in one file.
/// </summary>
/// <param name="title">What is reported on.</param>
/// <param name="stages">The stages of one model in their order, or several models.</param>
internal sealed class ReportCard(string title, IReadOnlyList<ReportStage> stages)
{
    /// <summary>Writes the page, and beside it the text with its pictures, under the same name.</summary>
    /// <param name="path">Where the page goes: a name that ends in .html.</param>
    /// <returns>The files that were written.</returns>
    /// <exception cref="IOException">They can't be written.</exception>
    public IReadOnlyList<string> Save(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var text = new ReportText(name);
        Write(text);
        var markdown = text.ToString();
        List<(string Path, string Content)> files = [(path, HtmlPage.Render(title, markdown, text.Charts)), (Path.ChangeExtension(path, ".md"), markdown)];
        files.AddRange(text.Charts.Select(chart => (Path.Combine(Path.GetDirectoryName(path) ?? "", chart.Key), chart.Value)));
        foreach (var (file, content) in files)
            AtomicFile.Write(file, stream => stream.Write(new UTF8Encoding(false).GetBytes(content)));
        return [.. files.Select(file => file.Path)];
    }

    private void Write(ReportText text)
    {
        text.Heading(1, title);
        ReportSummary.Write(text, stages);
        ReportScores.Write(text, stages);
        ReportCurves.Write(text, stages);
        WriteSamples(text);
        ReportSettings.Write(text, stages);
    }

    private void WriteSamples(ReportText text)
    {
        if (stages.All(stage => stage.Samples.Count == 0))
            return;
        text.Heading(2, "What it writes");
        foreach (var alike in stages.Where(stage => stage.Samples.Count > 0).GroupBy(stage => string.Join('\n', stage.Samples.Select(sample => sample.Title))))
        {
            if (alike.Count() > 1)
                WriteReplies(text, [.. alike]);
            else
                WriteSamples(text, alike.Single());
        }
    }

    private static void WriteSamples(ReportText text, ReportStage stage)
    {
        text.Heading(3, stage.Name);
        foreach (var sample in stage.Samples)
        {
            text.Paragraph($"{Visible.Inline(sample.Title)}:");
            text.Block(sample.Text);
        }
    }

    /// <summary>What was asked of several, with their replies side by side.</summary>
    private static void WriteReplies(ReportText text, IReadOnlyList<ReportStage> stages) => text.Table(
        ["Asked", .. stages.Select(stage => Visible.Inline(stage.Name))],
        stages[0].Samples.Select((sample, i) => (string[])[Visible.Inline(sample.Title), .. stages.Select(stage => Visible.Inline(stage.Samples[i].Text))]),
        isText: true);

    /// <summary>Numbers as this report writes them.</summary>
    public static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => Format($"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => Format($"{time.Minutes} min {time.Seconds} s"),
        _ => Format($"{time.TotalSeconds:F1} s"),
    };

    /// <summary>A count in three digits or so.</summary>
    public static string Count(double number) => number switch
    {
        >= 1e9 => Format($"{number / 1e9:F2} billion"),
        >= 1e6 => Format($"{number / 1e6:F2} million"),
        _ => Format($"{number:N0}"),
    };
}
