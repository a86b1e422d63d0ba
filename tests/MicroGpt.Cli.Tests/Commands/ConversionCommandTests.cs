using System.Globalization;
using System.Text.Json.Nodes;

namespace MicroGpt.Cli.Tests.Commands;

/// <summary>import, export, convert, diff and logits, on a model that was trained a moment.</summary>
public sealed class ConversionCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ConversionCommandTests()
    {
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text);
        _model = _folder.File("model");
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_folder.File("text.txt"), _model, "--preset", "gpt2")).Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_goes_out_in_half_precision_and_comes_back()
    {
        var exported = Good("export", "--model", _model, "--out", _folder.File("out"), "--type", "bf16");
        Assert.StartsWith("Model: gpt2, 1,176 parameters in F32 (1 layers, 2 heads, 8 wide, context 8, 28 tokens)\n", exported.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"Saved in {_folder.File("out")}: safetensors, ", exported, StringComparison.Ordinal);
        Assert.Equal("bfloat16", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.File("out"), "config.json")))!["torch_dtype"]);
        Assert.Contains("in BF16", Good("import", _folder.File("out"), "--out", _folder.File("back"), "--type", "f32"), StringComparison.Ordinal);
        Assert.EndsWith("are the same, 0 tensors are not.\n", Good("diff", _folder.File("out"), _folder.File("back")), StringComparison.Ordinal);
        Assert.NotEmpty(Good("sample", "--model", _folder.File("out"), "--max-tokens", "5"));

        var different = CommandLine.Run("diff", _model, _folder.File("out"));
        Assert.Equal((1, ""), (different.Code, different.Error));
        Assert.Contains("transformer.h.0.attn.c_attn.weight   192 of 192 numbers differ, most by ", different.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ln_1.bias", Good("convert", _model, "--out", _folder.File("out"), "--overwrite"), StringComparison.Ordinal);
        Assert.EndsWith("are the same, 0 tensors are not.\n", Good("diff", _model, _folder.File("out")), StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_have_a_line_a_position_and_every_digit()
    {
        var lines = Good("logits", "--model", _model, "--ids", "1 2,3").TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal(28, line.Split(' ').Length));
        Assert.Equal(lines[0], Good("logits", "--model", _model, "--ids", "1", "--threads", "1").TrimEnd());
        Assert.All(lines[2].Split(' '), number => Assert.Equal(number, float.Parse(number, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_model_that_only_this_program_knows_is_said_to_be_one()
    {
        Good(CommandLine.Train(_folder.File("text.txt"), _folder.File("own"), "--preset", "microgpt"));
        Assert.EndsWith(
            "Only this program can load it: transformers has no model of this kind.\n",
            Good("export", "--model", _folder.File("own"), "--out", _folder.File("out")), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_of_names_and_shapes_are_told()
    {
        File.WriteAllText(_folder.File("longer.txt"), CommandLine.Text + "!");
        Good(CommandLine.Train(_folder.File("longer.txt"), _folder.File("other"), "--preset", "gpt2"));
        var outcome = CommandLine.Run("diff", Path.Combine(_model, "model.safetensors"), Path.Combine(_folder.File("other"), "model.safetensors"));
        Assert.Equal(1, outcome.Code);
        Assert.Contains("transformer.wte.weight", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("has the shapes (28, 8) and (29, 8)", outcome.Output, StringComparison.Ordinal);
        Good(CommandLine.Train(_folder.File("text.txt"), _folder.File("llama"), "--preset", "llama"));
        outcome = CommandLine.Run("diff", _model, _folder.File("llama"));
        Assert.Contains($"is not in {_folder.File("llama")}", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"is not in {_model}", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_no_numbers_need_a_word()
    {
        var weights = Path.Combine(_model, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes.AsSpan(bytes.Length - 4).Fill(0xFF);
        File.WriteAllBytes(weights, bytes);
        Refused("has the number NaN at ", "sample", "--model", _model);
        Refused("--allow-nan takes them nevertheless.", "import", _model, "--out", _folder.File("out"));
        Assert.False(File.Exists(Path.Combine(_folder.File("out"), "model.safetensors")));
        Good("import", _model, "--out", _folder.File("out"), "--allow-nan");
        Assert.EndsWith("0 tensors are not.\n", Good("diff", _model, _folder.File("out")), StringComparison.Ordinal);
        Assert.Contains("NaN", Good("logits", "--model", _model, "--ids", "1", "--allow-nan"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_work_gets_a_sentence()
    {
        Refused("there is no such file or folder.", "import", _folder.File("nothing"), "--out", _folder.File("out"));
        Refused("is none of a Hugging Face folder", "import", _folder.File("text.txt"), "--out", _folder.File("out"));
        Refused("is the model itself: write to another place.", "convert", _model, "--out", _model + "/", "--overwrite");
        Refused("There is no format \"onnx\"; there are safetensors", "export", "--model", _model, "--out", _folder.File("out"), "--format", "onnx");
        Refused("safetensors has no type \"f8\"; it has same, f32, f16, bf16.", "export", "--model", _model, "--out", _folder.File("out"), "--type", "f8");
        Refused("leave out --preset, --heads and --tokenizer.", "import", _model, "--out", _folder.File("out"), "--preset", "gpt2");
        Refused("\"x\" is not a token id.", "logits", "--model", _model, "--ids", "1 x");
        Refused("Say at least one id", "logits", "--model", _model, "--ids", " ");
        Refused("The model has no token 28: its ids are 0 to 27.", "logits", "--model", _model, "--ids", "1 28");
        Refused("The model has no token -1: its ids are 0 to 27.", "logits", "--model", _model, "--ids", "-1");
        Refused("9 positions are more than the model's context of 8.", "logits", "--model", _model, "--ids", "1 1 1 1 1 1 1 1 1");
        Good("export", "--model", _model, "--out", _folder.File("out"));
        Refused("is there already. Say --overwrite to replace it", "export", "--model", _model, "--out", _folder.File("out"));
        Refused("there is no such file or folder.", "diff", _model, _folder.File("nothing"));
    }

    [Theory]
    [InlineData("microgpt-50m.pth", "--preset", "microgpt-50m", "--heads", "4")]
    [InlineData("nanochat/model_000010.pt", "--preset", "nanochat")]
    [InlineData("nanochat/model_000010.pt")] // its names tell
    public void Files_of_PyTorch_become_models(string name, params string[] options)
    {
        var file = TestFiles.OfPyTorch(name);
        var isNanochat = name.StartsWith("nanochat", StringComparison.Ordinal);
        Assert.Contains(
            isNanochat ? "3 layers, 2 heads, 24 wide, context 256, 272 tokens" : "2 layers, 4 heads, 16 wide, context 40, 29 tokens",
            Good(["import", file, "--out", _folder.File("out"), .. options]), StringComparison.Ordinal);
        Assert.Equal(Good(["logits", "--model", file, "--ids", "1 2 3", .. options]), Good("logits", "--model", _folder.File("out"), "--ids", "1 2 3"));
        if (isNanochat) // its tokenizer lies beside it
            Assert.NotEmpty(Good("sample", "--model", _folder.File("out"), "--max-tokens", "5"));
    }

    [Fact]
    public void Files_of_PyTorch_that_are_of_no_use_get_a_sentence()
    {
        Refused("5 heads do not divide", "import", TestFiles.OfPyTorch("microgpt-50m.pth"), "--out", _folder.File("out"), "--heads", "5");
        Refused("it lacks embedding.weight, ", "import", TestFiles.OfPyTorch("parallel.pth"), "--out", _folder.File("out"), "--preset", "microgpt-50m");
        Refused("before PyTorch 1.6, which is not read here; convert it in Python with ", "import", TestFiles.OfPyTorch("old.pth"), "--out", _folder.File("out"));
        File.WriteAllText(_folder.File("x.pth"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 93954136\n");
        Refused("git lfs pull", "import", _folder.File("x.pth"), "--out", _folder.File("out"));
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void An_interrupted_conversion_writes_nothing()
    {
        var outcome = CommandLine.Run(line => line.StartsWith("Model:", StringComparison.Ordinal), "export", "--model", _model, "--out", _folder.File("out"));
        Assert.Equal((130, ""), (outcome.Code, outcome.Error));
        Assert.EndsWith("Stopped; nothing was written.", outcome.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.File("out"), "model.safetensors")));
    }

    private static string Good(params string[] args)
    {
        var outcome = CommandLine.Run(args);
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.Code);
        return outcome.Output;
    }

    private static void Refused(string sentence, params string[] args)
    {
        var outcome = CommandLine.Run(args);
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, outcome.Error, StringComparison.Ordinal);
    }
}
