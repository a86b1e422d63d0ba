using System.Text.RegularExpressions;
using System.Xml.Linq;
using MicroGpt.Cli.Report;
using MicroGpt.Cli.Report.Charts;

namespace MicroGpt.Cli.Tests.Report;

/// <summary>What a model writes, or a file says, is shown as it is and can do nothing to the page.</summary>
public sealed partial class ReportCardTests : IDisposable
{
    private const string Hostile =
        "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\n```\n````\n# heading\n![p](http://x/y.png) [l](javascript:alert(3))\n| a | b |\n\0\u001b[31m\u202edrah\ud800 <!-- </style> &lt; \"'";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hostile_texts_are_shown_as_text()
    {
        var score = new ReportScore(Hostile, 0.5, 0.4, 0.6);
        var start = new Dictionary<string, string> { ["machine"] = Hostile, ["command"] = Hostile, ["preset"] = Hostile, ["data"] = Hostile };
        var stage = new ReportStage(Hostile)
        {
            Run = new RunRecord { Start = start, Options = [(Hostile, Hostile)], Steps = [.. Enumerable.Range(1, 3).Select(i => new RunStep(i, i, i, i, i, i, i))] },
            Scores = [score, score with { Unit = Hostile }],
            Samples = [new ReportSample(Hostile, Hostile)],
        };

        new ReportCard(Hostile, [stage, stage]).Save(_folder.File("card.html"));

        var page = File.ReadAllText(_folder.File("card.html"));
        var markup = string.Concat(Markup().Matches(page).Select(match => match.Value));
        Assert.DoesNotMatch("(?i)<script|<img|onerror|javascript|<a |<h1 .*heading", markup);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, character => (character < ' ' && character != '\n') || character is '\u202e' || char.IsSurrogate(character));
        Assert.Equal(1, Regex.Count(page, "<h1"));
        Assert.Equal(1, Regex.Count(page, "</style>\n</head>"));
        foreach (var chart in Directory.GetFiles(_folder.Path, "*.svg"))
            Assert.DoesNotContain(XDocument.Load(chart).Descendants(), element => element.Name.LocalName is "script" or "img" or "a");
    }

    [Fact]
    public void A_block_is_not_ended_by_what_is_in_it()
    {
        var block = Visible.Block("a\n``````\nb");
        Assert.Equal("```````text\na\n``````\nb\n```````\n", block);
    }

    [Theory]
    [InlineData("1. first", @"1\. first")]
    [InlineData("0.001", "0.001")]
    [InlineData("- x", @"\- x")]
    [InlineData("small-talk", "small-talk")]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<b>", @"\<b\>")]
    [InlineData("two\nlines", "two lines")]
    public void Text_in_a_line_of_Markdown(string text, string expected) => Assert.Equal(expected, Visible.Inline(text));

    [Fact]
    public void A_log_cut_or_changed_anywhere_is_read_as_far_as_it_goes()
    {
        string[] lines =
        [
            """{"event":"start","step":0,"elapsed":0.1,"machine":"m","options":{"seed":1},"peak_flops":1e9,"flops_per_position":10}""",
            """{"event":"step","step":1,"elapsed":0.5,"loss":2.5,"learning_rate":0.1,"gradient_norm":1,"tokens":10,"positions":20,"seconds":0.5}""",
            """{"event":"validation","step":1,"elapsed":0.6,"loss":2.25,"bits_per_byte":1.5}""",
            """{"event":"sample","step":1,"elapsed":0.6,"text":"a\nb"}""",
            """{"event":"stop","step":1,"elapsed":2,"peak_memory":1000,"tensor_memory":500}""",
            """{"event":"start","step":1,"elapsed":0.1,"machine":"other"}""",
            """{"event":"step","step":2,"elapsed":1,"loss":2,"learning_rate":0.1,"gradient_norm":1,"tokens":10,"positions":20,"seconds":0.5}""",
        ];

        var record = RunRecord.Parse(lines);

        Assert.Equal([1, 2], record.Steps.Select(step => step.Step));
        Assert.Equal("m", record.Start["machine"]);
        Assert.Equal([("seed", "1")], record.Options);
        Assert.Equal([(1, 2.25, (double?)1.5)], record.Validations);
        Assert.Equal([(1, "a\nb")], record.Samples);
        Assert.Equal((1000, 500), (record.PeakMemory, record.TensorMemory));
        Assert.Equal(3, record.Time!.Value.TotalSeconds);
        Assert.Equal(20, record.TokensPerSecond);
        Assert.Equal(40 * 10 / 1e9, record.Utilisation!.Value, 1e-15);

        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            var line = random.Next(lines.Length);
            var (at, text) = (random.Next(lines[line].Length), lines[line]);
            string[] changed = [.. lines];
            changed[line] = random.Next(3) switch
            {
                0 => text[..at],
                1 => text[..at] + (char)random.Next(0x20, 0x7f) + text[(at + 1)..],
                _ => text[..at] + "9e999999" + text[at..],
            };
            var stage = new ReportStage("x") { Run = RunRecord.Parse(changed) };
            if (stage.Run.Steps.Count > 0 && i % 100 == 0)
                new ReportCard("x", [stage]).Save(_folder.File("fuzz.html")); // whatever could be read can be shown
        }
    }

    [Fact]
    public void A_rewarded_run_is_shown_by_its_rewards()
    {
        string[] lines =
        [
            .. Enumerable.Range(1, 3).Select(step => $$"""{"event":"step","step":{{step}},"loss":-0.01,"learning_rate":0.1,"gradient_norm":1,"tokens":10,"reward":0.{{step}},"length":20,"seconds":0.5}"""),
            """{"event":"validation","step":3,"reward":0.625}""",
        ];
        var stage = new ReportStage("rewarded") { Run = RunRecord.Parse(lines) };

        new ReportCard("x", [stage]).Save(_folder.File("card.html"));

        var text = File.ReadAllText(_folder.File("card.md"));
        Assert.Contains("| Stage | Steps | Tokens | Reward | Validation reward |", text, StringComparison.Ordinal);
        Assert.Contains("| rewarded | 3 | 30 | 0.200 | 0.625 |", text, StringComparison.Ordinal);
        var chart = XDocument.Load(_folder.File("card-1-reward.svg"));
        string[] words = [.. chart.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        Assert.Equal(["Mean reward of a reply", "of replies drawn", "of the likeliest, validation"], words[..3]);
        Assert.Contains("step", words);
        Assert.Contains("Mean reward of a reply", File.ReadAllText(_folder.File("card.html")), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("card-1-loss.svg")));
    }

    [Fact]
    public void Scores_changed_anywhere_are_read_or_refused()
    {
        const string Content = """{"step":8,"skills":{"a":{"score":0.5,"right":5,"count":10,"low":0.2,"high":0.8,"b":{"score":1}}},"bits_per_byte":{"t":2.5}}""";
        Assert.Equal(["a", "a: b", "t"], ScoreFile.Read(Content, "f").Select(score => score.Name));
        var random = new Random(2);
        for (var i = 0; i < 3000; i++)
        {
            var at = random.Next(Content.Length);
            var changed = random.Next(2) == 0 ? Content[..at] : Content[..at] + (char)random.Next(0x20, 0x7f) + Content[(at + 1)..];
            try
            {
                ScoreFile.Read(changed, "f");
            }
            catch (InvalidDataException exception)
            {
                Assert.StartsWith("f does not hold scores", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(1.7, 6.9, "2 4 6")]
    [InlineData(0, 20000, "0 5,000 10,000 15,000 20,000")]
    [InlineData(0, 0.003, "0.000 0.001 0.002 0.003")]
    [InlineData(-1, 1, "-1.0 -0.5 0.0 0.5 1.0")]
    public void Ticks_are_round(double low, double high, string expected)
    {
        var axis = new Axis(low, high);
        Assert.Equal(expected, string.Join(' ', axis.Ticks(5).Select(tick => axis.Label(tick, 5))));
    }

    [Fact]
    public void A_chart_of_nothing_is_none_and_of_one_value_is_one()
    {
        Assert.Null(new LineChart("t", [new Series("s", [(1, double.NaN)], SeriesKind.Line, 0)]).Draw());
        Assert.NotNull(new LineChart("t", [new Series("s", [(1, 0)], SeriesKind.Marked, 0)]).Draw());
        Assert.NotNull(new LineChart("t", [new Series("s", [(1, 1e300), (2, -1e300)], SeriesKind.Line, 0)]).Draw());
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();
}
