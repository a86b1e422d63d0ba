namespace MicroGpt.Cli.Tests.Commands;

/// <summary>From files to a model: prepare, look, train, stop, resume; and everything that can be wrong on the way.</summary>
public sealed class DataPrepareCommandTests : IDisposable
{
    private static readonly string[] s_model =
        ["--layers", "1", "--heads", "2", "--width", "8", "--context", "8", "--batch", "2", "--steps", "8", "--eval-every", "4", "--save-every", "3", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    public DataPrepareCommandTests()
    {
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text);
        File.WriteAllText(_folder.File("lines.txt"), string.Concat(Enumerable.Range(0, 60).Select(i => CommandLine.Text[(i % 40)..(i % 40 + 20)].Trim() + "\n")));
        CommandLine.Run([.. CommandLine.Train(_folder.File("lines.txt"), _folder.File("tokenizer"), "--data-as", "lines")]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("windows")]
    [InlineData("packed")]
    [InlineData("documents")]
    public void Prepared_data_is_trained_on_stopped_and_resumed(string batches)
    {
        Assert.Equal((0, ""), Codes(Prepare("data")));
        string[] train = ["train", "--data", _folder.File("data"), "--batches", batches, .. s_model, "--out"];
        Assert.Equal((0, ""), Codes(CommandLine.Run([.. train, _folder.File("whole")])));
        Assert.Equal((130, ""), Codes(CommandLine.Run(line => line.StartsWith("step      4", StringComparison.Ordinal), [.. train, _folder.File("stopped")])));
        var (code, output, error) = CommandLine.Run("train", "--resume", "--out", _folder.File("stopped"));
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(batches == "packed", output.Contains("tokens into rows; ", StringComparison.Ordinal));
        CommandLine.AssertSame(CommandLine.Files(_folder.File("whole")), CommandLine.Files(_folder.File("stopped")));
        Assert.Equal(0, CommandLine.Run("sample", "--model", _folder.File("whole"), "--max-tokens", "5").Code);
    }

    [Fact]
    public void Stopped_by_Ctrl_C_it_leaves_nothing()
    {
        File.WriteAllText(_folder.File("many.txt"), string.Concat(Enumerable.Repeat(CommandLine.Text, 20_000)));
        var before = Directory.GetFileSystemEntries(_folder.Path);
        var (code, output, error) = CommandLine.Run(
            line => line.Contains("% |", StringComparison.Ordinal), [.. Arguments("data", _folder.File("many.txt")), "--split-by", "lines", "--threads", "1"]);
        Assert.Equal((130, ""), (code, error));
        Assert.EndsWith($"Stopped; nothing is left of it in {_folder.File("data")}.\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(_folder.Path).Order());
    }

    [Fact]
    public void Bad_records_are_told_or_left_out()
    {
        File.WriteAllText(_folder.File("x.jsonl"), "{\"text\": \"the fox\"}\n{\"text\": \n{\"text\": \"ÿ\"}\n{\"text\": \"the dog\"}\n");
        Refused("x.jsonl: line 2: damaged JSON", Arguments("data", _folder.File("x.jsonl")));
        var (code, output, error) = CommandLine.Run([.. Arguments("data", _folder.File("x.jsonl")), "--skip-bad", "--validation", "0"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("2 bad records were left out:", output, StringComparison.Ordinal);
        Assert.Contains("x.jsonl: document at 3: The character 'ÿ'", output, StringComparison.Ordinal);
        Assert.Contains("2 documents, 16 tokens", output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_long_text_is_held_back_at_its_end()
    {
        var (code, output, _) = CommandLine.Run([.. Arguments("data", _folder.File("text.txt")), "--hold-back", "ends", "--validation", "0.25"]);
        Assert.Equal(1, code); // the line's end is not among the tokenizer's characters
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text.Trim());
        (code, output, _) = CommandLine.Run([.. Arguments("data", _folder.File("text.txt")), "--hold-back", "ends", "--validation", "0.25"]);
        Assert.Equal(0, code);
        Assert.Matches(@"to be judged by\s+1 documents, 23 tokens", output);
    }

    [Fact]
    public void What_does_not_work_is_told_in_a_sentence()
    {
        Refused("there is no such file", Arguments("data", _folder.File("missing.txt")));
        Refused("there is no such file or folder", "data", "prepare", "--input", "names", "--tokenizer", _folder.File("missing"), "--out", _folder.File("data"));
        Refused("The part to validate on must be from 0 to 0.5, not 0.7.", [.. Arguments("data", "names"), "--validation", "0.7"]);
        Refused("A shard has at least 1 token, not 0.", [.. Arguments("data", "names"), "--shard-tokens", "0"]);
        Refused("The number of threads must be from 1 to 1024, not 0.", [.. Arguments("data", "names"), "--threads", "0"]);
        Refused("'page'", [.. Arguments("data", "names"), "--split-by", "page"]);
        Refused("There is no chat template x; there are chatml, nanochat and own.", [.. Arguments("data", "names"), "--chat-template", "x"]);
        Refused("The tokenizer has no special token <|im_start|>", [.. Arguments("data", "names"), "--chat-template", "chatml"]);
        Refused("describe no chat template", [.. Arguments("data", "names"), "--chat-template", "own"]);
        Refused("holds something else than prepared data", Arguments("tokenizer", "names"));
        Refused("holds no prepared data: prepared.json is missing.", "data", "info", _folder.Path);
        Assert.False(Directory.Exists(_folder.File("data")));

        Assert.Equal(0, Prepare("data").Code);
        Refused("already holds prepared data. Replace it (--overwrite)", Arguments("data", "names"));
        Refused("leave out --data-as, --tokenizer.", [.. Train(), "--data-as", "lines", "--tokenizer", _folder.File("tokenizer")]);
        Refused("--batches is for data that microgpt data prepare made", "train", "--data", _folder.File("text.txt"), "--batches", "packed", "--out", _folder.File("model"));
        var shard = _folder.File("data/train-00000.bin");
        var bytes = File.ReadAllBytes(shard);
        File.WriteAllBytes(shard, bytes[..^5]);
        Refused("train-00000.bin is cut short", Train());
        Refused("train-00000.bin is cut short", "data", "info", _folder.File("data"));
        bytes[200] ^= 1;
        File.WriteAllBytes(shard, bytes);
        Assert.Equal(0, CommandLine.Run("data", "info", _folder.File("data")).Code);
        Refused("its content does not have its checksum", "data", "info", _folder.File("data"), "--verify");
    }

    private string[] Train() => ["train", "--data", _folder.File("data"), "--out", _folder.File("model")];

    private Outcome Prepare(string name) => CommandLine.Run([.. Arguments(name, _folder.File("lines.txt")), "--split-by", "lines", "--validation", "0.2"]);

    private string[] Arguments(string name, string input) =>
        ["data", "prepare", "--input", input, "--tokenizer", _folder.File("tokenizer"), "--out", _folder.File(name)];

    private static (int, string) Codes(Outcome outcome) => (outcome.Code, outcome.Error);

    private static void Refused(string sentence, params string[] args)
    {
        var (code, _, error) = CommandLine.Run(args);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Equal(1, code);
    }
}
