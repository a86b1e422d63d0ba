using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>The result of commands that print a rate for each of several things: ours, the peer's, and the ratio, line by line.</summary>
internal static class FigureTable
{
    public static void Write(string what, string unit, double perUnit, IReadOnlyList<(IReadOnlyList<Figure> Ours, IReadOnlyList<Figure> Peer)> rounds)
    {
        var table = new Table().MarkdownBorder().AddColumns(what, $"ours, {unit}", "of the rounds", $"peer, {unit}", "of the rounds", "ratio");
        foreach (var name in rounds.SelectMany(round => round.Ours.Concat(round.Peer)).Select(figure => figure.Name).Distinct())
        {
            var ours = Values(name, round => round.Ours);
            var peer = Values(name, round => round.Peer);
            table.AddRow(
                name,
                Statistics.Digits(Statistics.Median(ours)), Statistics.Spread(ours),
                Statistics.Digits(Statistics.Median(peer)), Statistics.Spread(peer),
                Statistics.Digits(Statistics.Median(ours) / Statistics.Median(peer)));
        }

        AnsiConsole.Write(table);

        List<double> Values(string name, Func<(IReadOnlyList<Figure> Ours, IReadOnlyList<Figure> Peer), IReadOnlyList<Figure>> side) =>
            [.. rounds.SelectMany(side).Where(figure => figure.Name == name).Select(figure => figure.Value / perUnit)];
    }
}
