namespace MicroGpt.Cli.Tests.Commands;

public sealed class DataCurriculumCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("100KB", 100_000)]
    [InlineData("0.5MB", 500_000)]
    [InlineData("250000", 250_000)]
    [InlineData("300000B", 300_000)]
    public void Sizes_are_written_as_people_write_them(string size, long bytes)
    {
        Assert.Equal((0, ""), Run("--size", size) is var (code, _, error) ? (code, error) : default);
        var written = Directory.GetFiles(_folder.File("c"), "*.jsonl", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        Assert.InRange(written / (double)bytes, 0.99, 1.1);
    }

    [Theory]
    [InlineData("is no size", "--size", "large")]
    [InlineData("is no size", "--size", "-5MB")]
    [InlineData("is no size", "--size", "")]
    [InlineData("is no size", "--size", "99999999999999999999GB")]
    [InlineData("from 100KB to 1GB", "--size", "1KB")]
    [InlineData("from 100KB to 1GB", "--size", "2GB")]
    [InlineData("threads must be from 1", "--threads", "0")]
    public void What_can_not_be_is_refused_in_a_sentence(string message, params string[] options)
    {
        var (code, output, error) = Run(options);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("c")));
    }

    [Fact]
    public void A_folder_with_other_things_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("c"));
        File.WriteAllText(_folder.File("c/mine.txt"), "mine");
        var (code, _, error) = Run();
        Assert.Equal(1, code);
        Assert.Contains("choose a folder that is empty", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.File("c")));
    }

    [Fact]
    public void After_Ctrl_C_the_same_command_writes_it_anew()
    {
        var (code, output, error) = CommandLine.Run(line => line.EndsWith("written", StringComparison.Ordinal), "data", "curriculum", "--size", "80MB", "--out", _folder.File("c"));
        Assert.Equal((130, ""), (code, error));
        Assert.Contains("is not complete", output, StringComparison.Ordinal);
        Assert.Equal(0, Run("--size", "100KB").Code);
    }

    private Outcome Run(params string[] options) => CommandLine.Run(["data", "curriculum", "--out", _folder.File("c"), .. options]);
}
