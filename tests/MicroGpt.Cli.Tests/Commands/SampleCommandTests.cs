namespace MicroGpt.Cli.Tests.Commands;

public sealed class SampleCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SampleCommandTests()
    {
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text);
        CommandLine.Run(CommandLine.Train(_folder.File("text.txt"), _folder.File("model")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_prompt_stands_before_the_text_which_is_as_long_as_wished() =>
        Assert.Equal("the fox".Length + 30, Sample("--prompt", "the fox", "--max-tokens", "30").TrimEnd('\n', '\r').Length, 2.0); // a line's end may be among them

    [Fact]
    public void The_same_seed_gives_the_same_text_with_any_number_of_threads()
    {
        var text = Sample("--seed", "5");
        Assert.Equal(text, Sample("--seed", "5"));
        Assert.Equal(text, Sample("--seed", "5", "--threads", "1"));
        Assert.NotEqual(text, Sample("--seed", "6"));
    }

    [Fact]
    public void At_temperature_0_and_with_the_best_token_only_the_seed_does_not_matter()
    {
        Assert.Equal(Sample("--temperature", "0", "--seed", "5"), Sample("--temperature", "0", "--seed", "6"));
        Assert.Equal(Sample("--top-k", "1", "--seed", "5"), Sample("--temperature", "0"));
    }

    [Fact]
    public void Texts_have_a_line_between_them() =>
        Assert.Equal(2, Sample("--count", "3", "--max-tokens", "5").Split('\n').Count(line => line.TrimEnd() == "---"));

    private string Sample(params string[] args)
    {
        var (code, output, error) = CommandLine.Run(["sample", "--model", _folder.File("model"), .. args]);
        Assert.Equal((0, ""), (code, error));
        return output;
    }
}
