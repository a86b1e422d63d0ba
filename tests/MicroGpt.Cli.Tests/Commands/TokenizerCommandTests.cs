using System.Text;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Tests.Commands;

public sealed class TokenizerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TokenizerCommandTests() => File.WriteAllText(Text, string.Concat(Enumerable.Repeat(CommandLine.Text, 5)));

    public void Dispose() => _folder.Dispose();

    private string Text => _folder.File("text.txt");

    /// <summary>Trains a tokenizer of the text and returns its folder.</summary>
    private string Train(string name = "tokenizer", params string[] more)
    {
        var folder = _folder.File(name);
        var outcome = CommandLine.Run(["tokenizer", "train", "--data", Text, "--out", folder, .. more]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        return folder;
    }

    private static string Encode(string tokenizer, byte[] text, params string[] more)
    {
        var outcome = CommandLine.Run(text, out _, ["tokenizer", "encode", "--tokenizer", tokenizer, .. more]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        return outcome.Output;
    }

    private static byte[] Decode(string tokenizer, string ids, params string[] more)
    {
        var outcome = CommandLine.Run(Encoding.UTF8.GetBytes(ids), out var bytes, ["tokenizer", "decode", "--tokenizer", tokenizer, .. more]);
        Assert.Equal((0, "", ""), (outcome.Code, outcome.Error, outcome.Output));
        return bytes;
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("cl100k")]
    [InlineData("nanochat")]
    [InlineData(@" ?\p{L}+|[^\p{L}]{1,4}")]
    public void What_is_encoded_decodes_to_the_same_bytes(string pattern)
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "300", "--pattern", pattern);
        var random = new MersenneTwister(3);
        for (var round = 0; round < 30; round++)
        {
            byte[] text = [.. Enumerable.Range(0, random.NextInt32(200)).Select(_ => (byte)random.NextInt32(random.NextInt32(2) == 0 ? 256 : 128))];
            Assert.Equal(text, Decode(tokenizer, Encode(tokenizer, text, "--ids")));
            Assert.Equal(text, Decode(tokenizer, Encode(tokenizer, text, "--ids", "--allow-special")));
        }
    }

    [Fact]
    public void Nothing_is_a_text_of_no_tokens()
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "260");
        Assert.Equal(Environment.NewLine, Encode(tokenizer, [], "--ids"));
        Assert.Empty(Decode(tokenizer, "\n"));
        Assert.EndsWith("0 bytes, 0 tokens" + Environment.NewLine, Encode(tokenizer, []), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a<|endoftext|>b")]
    [InlineData("<|endoftext|><|endoftext|>")]
    public void Special_tokens_are_recognised_where_they_are_allowed(string text)
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "300");
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.DoesNotContain("0", Encode(tokenizer, bytes, "--ids").Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        var ids = Encode(tokenizer, bytes, "--ids", "--allow-special");
        Assert.Contains("0", ids.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(bytes, Decode(tokenizer, ids));
        Assert.Equal(text.Replace("<|endoftext|>", "", StringComparison.Ordinal), Encoding.UTF8.GetString(Decode(tokenizer, ids, "--skip-special")));
    }

    [Fact]
    public void Special_tokens_are_recognised_between_bytes_that_are_no_text()
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "300");
        byte[] text = [0xFF, .. "<|endoftext|>"u8, 0x80];
        var ids = Encode(tokenizer, text, "--ids", "--allow-special");
        Assert.Equal(3, ids.Split(' ').Length);
        Assert.Equal(text, Decode(tokenizer, ids));
    }

    [Fact]
    public void Pieces_are_shown_so_that_everything_is_visible()
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "300");
        Assert.StartsWith("the│ dog│\\t│\\x00", Encode(tokenizer, "the dog\t\0"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_records_end_a_comparison_or_are_left_out_and_counted()
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "300");
        File.WriteAllText(_folder.File("bad.jsonl"), "{\"text\":\"the dog\"}\n{\"text\": dog}\n");
        string[] args = ["tokenizer", "eval", "--tokenizer", tokenizer, "--data", _folder.File("bad.jsonl")];
        var (code, _, error) = CommandLine.Run(args);
        Assert.Equal(1, code);
        Assert.Contains("bad.jsonl: line 2: damaged JSON", error, StringComparison.Ordinal);
        Assert.Contains("--skip-bad", error, StringComparison.Ordinal);
        var (skipped, output, _) = CommandLine.Run([.. args, "--skip-bad"]);
        Assert.Equal(0, skipped);
        Assert.Contains("Bad records left out: 1.", output, StringComparison.Ordinal);
        Assert.Contains("\"skipped_records\": 1", CommandLine.Run([.. args, "--skip-bad", "--json"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_to_be_read_at_once_is_refused_before_it_is_read()
    {
        var tokenizer = Train("tokenizer", "--vocab-size", "260");
        using (var file = File.Create(_folder.File("large")))
            file.SetLength((1L << 30) + 1);
        var (code, _, error) = CommandLine.Run("tokenizer", "encode", "--tokenizer", tokenizer, "--file", _folder.File("large"));
        Assert.Equal(1, code);
        Assert.Contains("large is larger than 1 GiB", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizers_are_compared_in_a_table_and_in_JSON()
    {
        var (small, large) = (Train("small", "--vocab-size", "260"), Train("large", "--vocab-size", "300"));
        var characters = _folder.File("characters");
        Assert.Equal(0, CommandLine.Run("tokenizer", "train", "--data", "names", "--kind", "char", "--out", characters).Code);
        var table = CommandLine.Run("tokenizer", "eval", "--tokenizer", small, large, characters, "--data", Text);
        Assert.Contains("bytes a token", table.Output, StringComparison.Ordinal);
        Assert.Contains("is not among", table.Output, StringComparison.Ordinal);

        var outcome = CommandLine.Run("tokenizer", "eval", "--tokenizer", small, large, "--data", Text, "--json");
        using var json = JsonDocument.Parse(outcome.Output);
        var fits = json.RootElement.EnumerateArray().Select(result => result.GetProperty("bytes_per_token").GetDouble()).ToArray();
        Assert.True(fits[0] < fits[1]);
        Assert.All(json.RootElement.EnumerateArray(), result => Assert.Equal(new FileInfo(Text).Length, result.GetProperty("bytes").GetInt64()));
    }

    [Theory]
    [InlineData("bpe")]
    [InlineData("wordpiece")]
    public void A_model_learns_the_tokens_of_a_tokenizer(string kind)
    {
        var tokenizer = Train("tokenizer", "--kind", kind, "--vocab-size", "290");
        var model = _folder.File("model");
        var trained = CommandLine.Run(CommandLine.Train(Text, model, "--tokenizer", tokenizer, "--data-as", "lines"));
        Assert.Equal((0, ""), (trained.Code, trained.Error));
        var info = CommandLine.Run("info", "--model", model).Output;
        Assert.Contains(kind == "bpe" ? "290 tokens: byte-level BPE" : "WordPiece", info, StringComparison.Ordinal);
        var sample = CommandLine.Run("sample", "--model", model, "--prompt", "the dog", "--max-tokens", "5");
        Assert.Equal((0, ""), (sample.Code, sample.Error));
        Assert.StartsWith("the dog", sample.Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("train", "--resume", "--out", model, "--steps", "10").Code);
        var other = CommandLine.Run("train", "--resume", "--out", model, "--steps", "12", "--tokenizer", tokenizer);
        Assert.Equal((1, "error: A resumed run keeps its settings: leave out --tokenizer."), (other.Code, other.Error.TrimEnd()));
    }

    [Fact]
    public void A_tokenizer_of_another_size_than_the_models_is_told()
    {
        var model = _folder.File("model");
        CommandLine.Run(CommandLine.Train(Text, model, "--tokenizer", Train("a", "--vocab-size", "270")));
        File.Copy(Path.Combine(Train("b", "--vocab-size", "280"), "tokenizer.json"), Path.Combine(model, "tokenizer.json"), overwrite: true);
        var outcome = CommandLine.Run("sample", "--model", model);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("has 280 tokens, but the model knows 270", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_it_leaves_nothing_and_a_tokenizer_is_replaced_only_when_asked()
    {
        var outcome = CommandLine.Run(
            line => line.StartsWith("Reading", StringComparison.Ordinal),
            "tokenizer", "train", "--data", Text, "--out", _folder.File("stopped"), "--threads", "1");
        Assert.Equal(130, outcome.Code);
        Assert.False(Directory.Exists(_folder.File("stopped")));

        var folder = Train();
        Assert.Contains("already holds a tokenizer", CommandLine.Run("tokenizer", "train", "--data", Text, "--out", folder).Error, StringComparison.Ordinal);
        Train("tokenizer", "--overwrite", "--vocab-size", "260");
    }

    [Theory]
    [InlineData("train --data TEXT --out FOLDER/x --vocab-size 100", "too small")]
    [InlineData("train --data TEXT --out FOLDER/x --vocab-size 100 --kind char", "leave out --vocab-size")]
    [InlineData("train --data TEXT --out FOLDER/x --kind wordpiece --pattern gpt2", "--pattern has no meaning for --kind wordpiece")]
    [InlineData("train --data TEXT --out FOLDER/x --pattern (", "(")]
    [InlineData("train --data TEXT --out FOLDER/x --special a", "can't be a special token")]
    [InlineData("train --data FOLDER/none.txt --out FOLDER/x", "none.txt")]
    [InlineData("train --data FOLDER/empty.txt --out FOLDER/x", "nothing to learn")]
    [InlineData("train --data TEXT --out TEXT", "needs a folder")]
    [InlineData("train --data TEXT --out TEXT/x", "can't be made")]
    [InlineData("encode --tokenizer FOLDER/none", "no such file or folder")]
    [InlineData("encode --tokenizer TEXT", "text.txt")]
    [InlineData("encode --tokenizer TOKENIZER --file FOLDER/none.txt", "none.txt")]
    [InlineData("decode --tokenizer TOKENIZER 1 2 three", "\"three\" is no id")]
    [InlineData("decode --tokenizer TOKENIZER 99999", "not in the vocabulary")]
    [InlineData("decode --tokenizer TOKENIZER -- -1", "not in the vocabulary")]
    [InlineData("decode --tokenizer TOKENIZER 99999999999", "is no id")]
    [InlineData("eval --tokenizer TOKENIZER --data FOLDER/none.txt", "none.txt")]
    public void Mistakes_get_a_sentence(string line, string expected)
    {
        var tokenizer = line.Contains("TOKENIZER", StringComparison.Ordinal) ? Train("tokenizer", "--vocab-size", "260") : "";
        File.WriteAllText(_folder.File("empty.txt"), "");
        string[] args = [.. line.Split(' ').Select(word => word.Replace("TOKENIZER", tokenizer, StringComparison.Ordinal)
            .Replace("TEXT", Text, StringComparison.Ordinal).Replace("FOLDER", _folder.Path, StringComparison.Ordinal))];
        var outcome = CommandLine.Run(["tokenizer", .. args]);
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("x")));
    }
}
