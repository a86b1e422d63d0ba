using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>
/// Models of the two kinds as PyTorch 2.14 wrote them (<c>TestData/pth/record.py</c>): imported, they compute what the modules there
/// have computed, and write what tiktoken writes.
/// </summary>
public sealed class TorchImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("microgpt-50m", "microgpt-50m.pth", 4, TensorType.F32)]
    [InlineData("microgpt-50m-bf16", "microgpt-50m-bf16.pth", 2, TensorType.BF16)]
    [InlineData("nanochat", "nanochat/model_000010.pt", null, TensorType.F32)] // its tables are BF16
    public void An_imported_model_computes_what_PyTorch_computes(string recording, string file, int? heads, TensorType last)
    {
        var preset = recording.StartsWith("nano", StringComparison.Ordinal) ? "nanochat" : "microgpt-50m";
        foreach (var said in (string?[])[preset, null])
        {
            using (var stored = ModelImporter.Import(RecordedFiles.Path(file), new ImportOptions { Preset = said, Heads = heads }))
            {
                Assert.Equal(preset, stored.Config.Preset);
                Assert.Equal(last, stored.Weights.Entries[^1].Type);
                Check(recording, stored);
                ModelCheckpoint.Save(_folder.File("out"), stored, cancellation: TestContext.Current.CancellationToken);
            }

            using var again = ModelImporter.Import(_folder.File("out"));
            Check(recording, again);
        }
    }

    [Fact]
    public void Sizes_are_those_of_the_file()
    {
        using var model = Open("microgpt-50m.pth", heads: 4);
        var config = Assert.IsType<GptConfig>(model.Config);
        Assert.Equal((29, 40, 2, 4, 16, 64), (config.VocabularySize, config.ContextLength, config.Layers, config.Heads, config.Width, config.MlpHidden));
        using var published = Open("microgpt-50m-bf16.pth"); // its table of positions has 5,000 rows, but it was trained on 512
        config = Assert.IsType<GptConfig>(published.Config);
        Assert.Equal((512, 1, 8), (config.ContextLength, config.Layers, config.Heads));
    }

    [Fact]
    public void Nanochats_sizes_are_those_of_its_meta_file()
    {
        using var model = Open("nanochat/model_000010.pt");
        var config = Assert.IsType<GptConfig>(model.Config);
        Assert.Equal((272, 320, 256, 3, 2, 1, 24), (
            config.VocabularySize, config.TableRows, config.ContextLength, config.Layers, config.Heads, config.KeyValueHeadCount, config.Width));
        Assert.Equal("SSSL", config.WindowPattern);
        Assert.Equal(10, model.Step);
    }

    [Theory]
    [InlineData("tokenizer.pkl")]
    [InlineData("tokenizer5.pkl")]
    public void Nanochats_tokenizer_gives_tiktokens_ids(string name)
    {
        using var model = Open("nanochat/model_000010.pt", tokenizer: RecordedFiles.Path($"nanochat/{name}"));
        var tokenizer = model.Tokenizer!;
        foreach (var text in RecordedFiles.Recorded.GetProperty("tokenizer").EnumerateArray())
            Assert.Equal(text.GetProperty("ids").Integers(), tokenizer.Encode(text.GetProperty("text").GetString()!));
        Assert.Equal(model.Config.VocabularySize, tokenizer.VocabularySize);
        Assert.Equal(263, tokenizer.BosId);
        Assert.IsType<NanochatTemplate>(ChatTemplate.Recognize(model.ChatTemplate!));
    }

    [Fact]
    public void Nanochats_tokenizer_is_found_where_nanochat_has_it()
    {
        Copy("nanochat/model_000010.pt", "base_checkpoints/d3/model_000010.pt");
        Copy("nanochat/meta_000010.json", "base_checkpoints/d3/meta_000010.json");
        using (var alone = ModelImporter.Import(_folder.File("base_checkpoints/d3/model_000010.pt")))
            Assert.Null(alone.Tokenizer);
        Copy("nanochat/tokenizer.pkl", "tokenizer/tokenizer.pkl");
        using (var model = ModelImporter.Import(_folder.File("base_checkpoints/d3/model_000010.pt")))
            Assert.Equal(272, model.Tokenizer!.VocabularySize);
        using (var model = ModelImporter.Import(_folder.File("base_checkpoints/d3/model_000010.pt"), new ImportOptions { WithoutTokenizer = true }))
            Assert.Null(model.Tokenizer);
    }

    [Fact]
    public void A_tokenizer_of_another_kind_can_be_named()
    {
        TokenizerFiles.Save(CharTokenizer.Train(["abcdefghijklmnopqrstuvwxyz ."], bos: true), _folder.File("chars"));
        using var model = Open("microgpt-50m.pth", heads: 4, tokenizer: _folder.File("chars"));
        Assert.Equal(29, model.Tokenizer!.VocabularySize);
        Assert.Contains("there is no such file or folder", Assert.ThrowsAny<IOException>(() => Open("microgpt-50m.pth", heads: 4, tokenizer: "nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("has 272 tokens, but the model knows 29", Assert.Throws<InvalidDataException>(
            () => Open("microgpt-50m.pth", heads: 4, tokenizer: RecordedFiles.Path("nanochat"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("microgpt-50m.pth", null, 5, "5 heads do not divide")]
    [InlineData("microgpt-50m.pth", null, 0, "0 heads do not divide")]
    [InlineData("microgpt-50m.pth", "llama", null, "can be read of microgpt-50m and nanochat, not of llama")]
    [InlineData("microgpt-50m.pth", "nanochat", null, "is not called model_NNNNNN.pt")]
    [InlineData("nanochat/model_000010.pt", "nanochat", 2, "leave out --heads")]
    public void Options_that_do_not_fit_are_refused(string file, string? preset, int? heads, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Open(file, preset, heads)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("parallel.pth", null, "is of a model that is not known here: it has 0.weight, 0.bias")]
    [InlineData("parallel.pth", "microgpt-50m", "it lacks embedding.weight, fc.weight, fc.bias, gpt_blocks.0.ln1.weight")]
    [InlineData("nanochat/model_000010.pt", "microgpt-50m", "ln_f.weight, ln_f.bias; it has unknown resid_lambdas, x0_lambdas")]
    [InlineData("old.pth", null, "before PyTorch 1.6")]
    public void Other_models_are_refused(string file, string? preset, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Open(file, preset)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nanochats_meta_file_must_be_there_and_right()
    {
        Copy("nanochat/model_000010.pt", "model_000010.pt");
        Assert.Contains("meta_000010.json is not there", Assert.Throws<FileNotFoundException>(() => ModelImporter.Import(_folder.File("model_000010.pt"))).Message, StringComparison.Ordinal);
        foreach (var (from, to, message) in ((string, string, string)[])
            [
                ("\"n_embd\": 24", "\"n_embd\": 36", "has the shape (320, 24), the model needs (320, 36)"),
                ("\"n_embd\": 24", "\"n_embd\": 2147483647", "is not of a model that can be used"),
                ("\"n_layer\": 3", "\"n_layer\": 2000000", "too few for 2000000 layers"),
                ("\"n_layer\": 3", "\"n_layer\": 4", "it lacks value_embeds.{1,3}.weight"),
                ("\"n_head\": 2", "\"n_heads\": 2", "it does not say n_head"),
                ("\"SSSL\"\n", "\"SXL\"\n", "A window pattern is made of S and L, not \"SXL\""),
                ("{", "[", "is not of a model"),
            ])
        {
            var meta = File.ReadAllText(RecordedFiles.Path("nanochat/meta_000010.json"));
            Assert.Contains(from, meta, StringComparison.Ordinal);
            File.WriteAllText(_folder.File("meta_000010.json"), meta.Replace(from, to, StringComparison.Ordinal));
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ModelImporter.Import(_folder.File("model_000010.pt"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Positions_that_are_no_sines_are_refused()
    {
        var bytes = File.ReadAllBytes(RecordedFiles.Path("microgpt-50m.pth"));
        var sine = BitConverter.GetBytes((float)Math.Sin(1)); // of position 1 and the fastest angle
        var at = bytes.AsSpan().IndexOf(sine);
        Assert.True(at > 0);
        bytes[at + 3] ^= 0x80;
        File.WriteAllBytes(_folder.File("other.pth"), bytes);
        Assert.Contains("has other positions", Assert.Throws<InvalidDataException>(
            () => ModelImporter.Import(_folder.File("other.pth"), new ImportOptions { Heads = 4 })).Message, StringComparison.Ordinal);
    }

    private static StoredModel Open(string file, string? preset = null, int? heads = null, string? tokenizer = null) =>
        ModelImporter.Import(RecordedFiles.Path(file), new ImportOptions { Preset = preset, Heads = heads, Tokenizer = tokenizer });

    private void Check(string recording, StoredModel stored)
    {
        var recorded = RecordedFiles.Recorded.GetProperty(recording);
        var ids = recorded.GetProperty("ids").Integers();
        var tape = new Tape(_device, recording: false);
        var logits = stored.Load(_device).Forward(tape, tape.Integers(ids, new Shape(1, ids.Length)));
        var expected = recorded.GetProperty("logits").Numbers();
        var size = expected.Length / recorded.GetProperty("positions").GetArrayLength();
        foreach (var (row, position) in recorded.GetProperty("positions").Integers().Index())
            for (var i = 0; i < size; i++)
                Assert.Equal(expected[row * size + i], logits[position * size + i], 1e-5);
    }

    private void Copy(string recorded, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.Copy(RecordedFiles.Path(recorded), _folder.File(name));
    }
}
