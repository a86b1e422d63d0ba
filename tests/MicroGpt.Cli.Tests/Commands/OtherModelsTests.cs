namespace MicroGpt.Cli.Tests.Commands;

/// <summary>The models that are no GPTs, through the commands that know GPTs: nothing about them is special.</summary>
public sealed class OtherModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public OtherModelsTests()
    {
        _data = _folder.File("text.txt");
        File.WriteAllText(_data, CommandLine.Text);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    [InlineData("bigram")]
    [InlineData("mlp")]
    public void Each_is_trained_stopped_resumed_sampled_from_looked_at_and_converted(string preset)
    {
        Good(Train(preset, "whole"));
        var model = _folder.File("stopped");
        Assert.Equal(130, CommandLine.Run(written => written.StartsWith("step      4", StringComparison.Ordinal), Train(preset, "stopped")).Code);
        Good("train", "--resume", "--out", model);
        CommandLine.AssertSame(CommandLine.Files(_folder.File("whole")), CommandLine.Files(model));

        // Longer than a window of 8, by argmax and by chance.
        string[] sample = ["sample", "--model", model, "--prompt", "the ", "--max-tokens", "30"];
        var greedy = Good([.. sample, "--temperature", "0", "--seed", "1"]);
        Assert.StartsWith("the ", greedy, StringComparison.Ordinal);
        Assert.Equal(greedy, Good([.. sample, "--temperature", "0", "--seed", "2"]));
        Assert.Equal(Good([.. sample, "--seed", "1"]), Good([.. sample, "--seed", "1"]));
        Assert.NotEqual(Good([.. sample, "--seed", "1"]), Good([.. sample, "--seed", "2"]));

        Assert.Contains($"{preset}, trained for 8 steps", Good("info", "--model", model, "--tensors"), StringComparison.Ordinal);
        var lines = Good("logits", "--model", model, "--ids", "1 2 3 4 5 6 7 8 9 10").TrimEnd().Split('\n'); // more than a window
        Assert.Equal(10, lines.Length);
        Assert.All(lines, line => Assert.Equal(28, line.Split(' ').Length));

        var half = _folder.File("half");
        Assert.EndsWith(
            "Only this program can load it: transformers has no model of this kind.\n",
            Good("export", "--model", model, "--out", half, "--type", "f16"), StringComparison.Ordinal);
        Assert.Equal(1, CommandLine.Run("diff", model, half).Code);
        Good("convert", model, "--out", _folder.File("same"));
        Assert.EndsWith("the same, 0 tensors are not.\n", Good("diff", model, _folder.File("same")), StringComparison.Ordinal);
        Assert.Equal(Good([.. sample, "--seed", "1"]), Good(["sample", "--model", _folder.File("same"), .. sample[3..], "--seed", "1"]));
    }

    [Theory]
    [InlineData("lstm", "--heads")]
    [InlineData("gru", "--kv-heads")]
    [InlineData("rnn", "--head-size")]
    [InlineData("mlp", "--layers")]
    [InlineData("bigram", "--width")]
    public void A_size_that_a_model_does_not_have_is_refused(string preset, string option)
    {
        var outcome = CommandLine.Run(Train(preset, "model", option, "2"));
        Assert.Equal(1, outcome.Code);
        Assert.Contains($"A model of the preset {preset} has nothing for {option} to change: leave it out.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm", "--width", "30000", "A matrix of this model would have 3,600,000,000 numbers")]
    [InlineData("lstm", "--layers", "0", "The number of layers must be at least 1, not 0.")]
    [InlineData("rnn", "--context", "90", "use a context of at most 80")]
    [InlineData("mlp", "--width", "-1", "The width must be at least 1, not -1.")]
    public void Impossible_sizes_get_a_sentence(string preset, string option, string value, string sentence)
    {
        var outcome = CommandLine.Run(Train(preset, "model", option, value));
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, outcome.Error, StringComparison.Ordinal);
    }

    private string[] Train(string preset, string folder, params string[] more) =>
    [
        "train", "--preset", preset, "--data", _data, "--out", _folder.File(folder), .. more.Contains("--context") ? (string[])[] : ["--context", "8"],
        "--batch", "2", "--steps", "8", "--warmup", "2", "--lr", "0.01", "--eval-every", "4", "--save-every", "3", "--threads", "1", .. more,
    ];

    private static string Good(params string[] args)
    {
        var outcome = CommandLine.Run(args);
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.Code);
        return outcome.Output.ReplaceLineEndings("\n");
    }
}
