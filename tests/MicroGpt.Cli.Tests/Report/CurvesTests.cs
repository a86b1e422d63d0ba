using System.Globalization;
using MicroGpt.Cli.Report.Charts;

namespace MicroGpt.Cli.Tests.Report;

/// <summary>What docs/curves.md says is what its table of losses holds.</summary>
public sealed class CurvesTests
{
    private readonly IReadOnlyList<(string Name, (double Step, double Loss)[] Points)> _runs =
    [
        .. File.ReadLines(Path.Combine(TestFiles.Repository, "docs", "curves.csv")).Skip(1)
            .Select(line => line.Split('"')).Select(parts => (Name: parts[1], Cells: parts[2].Split(',')))
            .GroupBy(row => row.Name, row => (Number(row.Cells[1]), Number(row.Cells[2])))
            .Select(run => (run.Key, run.ToArray())),
    ];

    [Fact]
    public void The_picture_is_drawn_from_the_table()
    {
        var drawn = new LineChart("Validation loss, nats a token", [.. _runs.Select((run, i) => new Series(run.Name, run.Points, SeriesKind.Marked, i))]).Draw();
        var (picture, received) = (Path.Combine(TestFiles.Repository, "docs", "curves.svg"), Path.Combine(TestFiles.Repository, "docs", "curves.received.txt"));
        if (File.Exists(picture) && File.ReadAllText(picture).TrimEnd() == drawn)
            return;
        File.WriteAllText(received, drawn + "\n");
        Assert.Fail($"docs/curves.svg is not what the table gives. If what came is right: mv {received} {picture}");
    }

    [Fact]
    public void Muon_needs_at_most_three_quarters_of_the_steps()
    {
        var (adamW, muon) = (Last("AdamW"), Last("Muon"));
        Assert.True(muon.Loss <= adamW.Loss && muon.Step <= 0.75 * adamW.Step, $"{muon} against {adamW}");
    }

    [Fact]
    public void Nanochat_learns_more_than_gpt2_in_as_many_steps()
    {
        foreach (var optimizer in (string[])["AdamW", "Muon"])
        {
            var (gpt2, nanochat) = (Last(optimizer), Last($"nanochat, {optimizer}"));
            Assert.True(nanochat.Loss < gpt2.Loss && nanochat.Step == gpt2.Step, $"{nanochat} against {gpt2}");
        }
    }

    private (double Step, double Loss) Last(string name) => _runs.Single(run => run.Name == name).Points[^1];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
