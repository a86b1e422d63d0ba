using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MicroGpt.Cli.Tests.Report;

/// <summary>`microgpt report`: from what training leaves to a page that needs nothing else.</summary>
public sealed partial class ReportCommandTests : IDisposable
{
    private const string Scores = """{"step":8,"skills":{"spelling":{"score":0.5,"right":5,"count":10,"low":0.24,"high":0.76,"counting":{"score":0.25,"low":0.1,"high":0.6}}},"bits_per_byte":{"stories":2.125}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_is_reported_with_its_figures_curves_samples_and_command()
    {
        Train("first");
        File.WriteAllText(_folder.File("first/scores.json"), Scores);

        var outcome = Report(_folder.File("first"));

        Assert.Equal("", outcome.Error);
        Assert.Contains("report.html", outcome.Output, StringComparison.Ordinal);
        var text = File.ReadAllText(_folder.File("report.md"));
        Assert.StartsWith("# first\n", text, StringComparison.Ordinal);
        Assert.Contains("| first | 8 |", text, StringComparison.Ordinal);
        Assert.Contains("| spelling | 50.0% (24–76) |", text, StringComparison.Ordinal);
        Assert.Contains("| ↳ counting | 25.0% (10–60) |", text, StringComparison.Ordinal);
        Assert.Contains("| stories, bits a byte | 2.125 |", text, StringComparison.Ordinal);
        Assert.Contains("### first\n\nAfter step 4:\n\n```text\n", text, StringComparison.Ordinal);
        Assert.Contains($"microgpt train --data {_folder.File("text.txt")} --out", text, StringComparison.Ordinal);
        Assert.Contains("| Seed | 1 |", text, StringComparison.Ordinal);
        foreach (var chart in (string[])["1-loss", "1-rate", "1-norm", "1-speed", "scores"])
        {
            Assert.Contains($"](report-{chart}.svg)", text, StringComparison.Ordinal);
            Assert.Equal("svg", XDocument.Load(_folder.File($"report-{chart}.svg")).Root!.Name.LocalName);
        }
    }

    [Fact]
    public void The_page_holds_everything_and_asks_for_nothing()
    {
        Train("first");
        Report(_folder.File("first"));

        var page = File.ReadAllText(_folder.File("report.html"));

        Assert.Equal(5, Regex.Count(page, "<svg viewBox=\"0 0 480 270\"")); // loss, bits a byte, rate, gradient, speed
        Assert.DoesNotMatch(Request(), page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Security-Policy\" content=\"default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_runs_stand_side_by_side()
    {
        Train("first");
        Train("second", "--seed", "2");

        Assert.Equal("", Report(_folder.File("first"), _folder.File("second")).Error);

        var text = File.ReadAllText(_folder.File("report.md"));
        Assert.Contains("| Seed | 1 | 2 |", text, StringComparison.Ordinal);
        Assert.Contains("](report-validation.svg)", text, StringComparison.Ordinal); // the same data: their losses can be compared
        Assert.Contains("](report-2-loss.svg)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_log_is_reported_from_its_losses()
    {
        Train("first");
        File.Delete(_folder.File("first/log.jsonl"));

        Assert.Equal("", Report(_folder.File("first")).Error);
        Assert.Contains("](report-1-loss.svg)", File.ReadAllText(_folder.File("report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_reported_is_said()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        Directory.CreateDirectory(_folder.File("damaged"));
        File.WriteAllText(_folder.File("damaged/scores.json"), "{");

        Assert.Contains("There is no folder", Report(_folder.File("nowhere")).Error, StringComparison.Ordinal);
        Assert.Contains("has nothing to report", Report(_folder.File("empty")).Error, StringComparison.Ordinal);
        Assert.Contains("scores.json does not hold scores", Report(_folder.File("damaged")).Error, StringComparison.Ordinal);
        Assert.Contains("ends in .html", CommandLine.Run("report", _folder.File("empty"), "--out", "x.pdf").Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("report.html")));
    }

    private Outcome Report(params string[] folders) => CommandLine.Run(["report", .. folders, "--out", _folder.File("report.html")]);

    private void Train(string folder, params string[] more)
    {
        File.WriteAllText(_folder.File("text.txt"), string.Concat(Enumerable.Repeat(CommandLine.Text, 20)));
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_folder.File("text.txt"), _folder.File(folder), more)).Code);
    }

    // Whatever would make a browser load something; names of namespaces do not.
    [GeneratedRegex("""<link|<img|<iframe|<object|@import|url\(|\ssrc=|\shref=""", RegexOptions.IgnoreCase)]
    private static partial Regex Request();
}
