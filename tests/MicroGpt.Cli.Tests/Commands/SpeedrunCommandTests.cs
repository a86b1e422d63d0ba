namespace MicroGpt.Cli.Tests.Commands;

public sealed class SpeedrunCommandTests(SpeedrunCommandTests.ShortestRun shortest) : IClassFixture<SpeedrunCommandTests.ShortestRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_ends_with_a_model_that_one_can_talk_to()
    {
        var (code, output, error) = shortest.Outcome;
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("$ microgpt train --data ", output, StringComparison.Ordinal);
        Assert.Contains("too little to learn to speak", output, StringComparison.Ordinal);
        Assert.Contains("Talk to it:", output, StringComparison.Ordinal);
        foreach (var model in (string[])["untrained", "pretrained", "finetuned", "chat"])
            Assert.True(File.Exists(Path.Combine(shortest.Out, model, "scores.json")), model);
        Assert.Equal(0, CommandLine.Run("chat", "--model", Path.Combine(shortest.Out, "chat"), "-p", "Who are you?", "--max-tokens", "5").Code);
    }

    [Fact]
    public void What_is_done_is_not_done_again()
    {
        var files = Directory.GetFiles(shortest.Out, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        var (code, output, error) = CommandLine.Run("speedrun", "--out", shortest.Out);
        Assert.Equal((0, ""), (code, error));
        Assert.DoesNotContain("$ microgpt", output, StringComparison.Ordinal);
        Assert.All(files, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));
    }

    [Fact]
    public void Killed_while_it_wrote_its_first_record_it_begins_anew()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "speedrun.json.tmp"), "{");
        Assert.Equal(130, CommandLine.Run(line => line.StartsWith("── 1 of ", StringComparison.Ordinal), "speedrun", "--repeat", shortest.Out, "--out", Out).Code);
    }

    /// <summary>Stopped in every stage and gone on with, by other threads: the same files.</summary>
    [Fact]
    public void Interrupted_and_repeated_it_is_the_same_run()
    {
        for (var stage = 1; ; stage++)
        {
            var begins = $"── {stage} of ";
            string[] repeat = stage == 1 ? ["--repeat", shortest.Out] : [];
            var (code, output, error) = CommandLine.Run(line => line.StartsWith(begins, StringComparison.Ordinal), ["speedrun", "--out", Out, "--threads", "2", .. repeat]);
            Assert.Equal("", error);
            if (code == 0)
                break;
            Assert.Equal(130, code);
            Assert.Contains($"speedrun --out {Out}", output, StringComparison.Ordinal);
        }

        foreach (var stage in (string[])["tokenizer", "untrained", "own", "pretrained", "finetuned", "chat"])
            CommandLine.AssertSame(Model(Path.Combine(shortest.Out, stage)), Model(Path.Combine(Out, stage)));
    }

    [Fact]
    public void Settings_of_another_run_are_refused()
    {
        Refused("was begun with 0.1 for --minutes", "--minutes", "5");
        Refused("was begun with 1 for --depth", "--depth", "2");
        Refused("was begun with 1 for --seed", "--seed", "2");
        Refused("was begun with en for --language", "--language", "zh");
        Refused("for --data", "--data", "names");

        void Refused(string message, params string[] options)
        {
            var (code, _, error) = CommandLine.Run(["speedrun", "--out", shortest.Out, .. options]);
            Assert.Equal(1, code);
            Assert.Contains(message, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_can_not_be_is_refused_before_the_work_begins()
    {
        Refused("--minutes must be", "--minutes", "0");
        Refused("--depth must be", "--depth", "13");
        Refused("holds no speedrun", "--repeat", _folder.File("nowhere"));
        Refused("--language must be", "--language", "fr");
        Refused("leave out --depth", "--repeat", shortest.Out, "--depth", "2");
        Refused("nowhere.txt", "--data", _folder.File("nowhere.txt"));
        File.WriteAllText(_folder.File("short.txt"), CommandLine.Text);
        Refused("the least that teaches", "--data", _folder.File("short.txt"));
        Assert.False(Directory.Exists(Out));
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine.txt"), "mine");
        Refused("holds something else");
        File.WriteAllText(Path.Combine(Out, "speedrun.json"), "{ \"done\": null }");
        Refused("is damaged");

        void Refused(string message, params string[] options)
        {
            var (code, _, error) = CommandLine.Run(["speedrun", "--out", Out, .. options]);
            Assert.Equal(1, code);
            Assert.Contains(message, error, StringComparison.Ordinal);
        }
    }

    /// <summary>A model's files but the state to resume from, which tells where the data is.</summary>
    private static Dictionary<string, byte[]> Model(string folder) =>
        CommandLine.Files(folder).Where(file => !file.Key.StartsWith("training-", StringComparison.Ordinal)).ToDictionary();

    /// <summary>The shortest run that can be, with a text of one's own.</summary>
    public sealed class ShortestRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public ShortestRun()
        {
            var text = _folder.File("mine.txt");
            File.WriteAllText(text, string.Concat(Enumerable.Repeat(CommandLine.Text, 100)));
            Outcome = CommandLine.Run("speedrun", "--minutes", "0.1", "--depth", "1", "--data", text, "--out", Out, "--threads", "1");
        }

        internal Outcome Outcome { get; }

        public string Out => _folder.File("run");

        public void Dispose() => _folder.Dispose();
    }
}
