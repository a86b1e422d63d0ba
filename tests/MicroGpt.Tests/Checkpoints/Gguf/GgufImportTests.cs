using System.Text.Json;
using MicroGpt.Checkpoints;
using MicroGpt.Checkpoints.Gguf;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>Files that llama.cpp's conversion wrote (<c>TestData/gguf/record.py</c>) compute here what transformers computes.</summary>
public sealed class GgufImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("llama", "f32", TensorType.F32, 1e-5)]
    [InlineData("llama", "f16-big-endian", TensorType.F16, 0.02)]
    [InlineData("llama", "q8_0", TensorType.F32, 0.2)]
    [InlineData("gpt2", "f16", TensorType.F16, 1e-5)]
    [InlineData("qwen3", "bf16", TensorType.BF16, 1e-5)]
    public void A_file_of_llama_cpp_computes_what_it_should(string name, string stored, TensorType type, double tolerance)
    {
        var recorded = JsonDocument.Parse(File.ReadAllText(TestFiles.Recorded("gguf/recorded.json"))).RootElement.GetProperty(name);
        using var model = ModelImporter.Import(Recorded($"{name}-{stored}"));
        Assert.Equal(type, model.Weights.Entries[0].Type);
        Assert.Equal(name == "llama" ? new RotaryScaling(8, 1, 4, 8192) : null, Assert.IsType<GptConfig>(model.Config).RotaryScaling);
        var tokenizer = Assert.IsType<BpeTokenizer>(model.Tokenizer);
        Assert.Equal("<|endoftext|>", tokenizer.Options.BosToken);
        Assert.Equal("<|im_end|>", tokenizer.Options.EosToken);
        Assert.Equal(["<|endoftext|>", "<|im_end|>", "<|im_start|>", "<think>"], tokenizer.Options.AddedTokens.Select(token => token.Content));
        Assert.StartsWith("{% for message", model.ChatTemplate, StringComparison.Ordinal);
        var ids = recorded.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        Assert.Equal(ids, tokenizer.Encode(recorded.GetProperty("text").GetString()!));

        var tape = new Tape(_device, recording: false);
        var logits = model.Load(_device).Forward(tape, tape.Integers(ids, new Shape(1, ids.Length))).AsSpan<float>()[^model.Config.VocabularySize..].ToArray();
        var expected = recorded.GetProperty("logits").EnumerateArray().Select(number => number.GetSingle()).ToArray();
        var worst = logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= tolerance * expected.Max(Math.Abs), $"The logits differ by {worst}.");
    }

    [Fact]
    public void Any_part_of_a_tensor_of_blocks_can_be_read()
    {
        using var file = GgufFile.Open(Recorded("llama-q8_0"));
        var name = file.Entries.First(entry => entry.Shape.Count > 1000).Name;
        var all = new float[file.Entries.Single(entry => entry.Name == name).Shape.Count];
        file.Read(name, all);
        for (var first = 0; first < 70; first++)
            for (var count = 0; count < 100; count++)
            {
                var part = new float[count];
                file.Read(name, part, first);
                Assert.Equal(all[first..(first + count)], part);
            }

        Assert.Throws<ArgumentException>(() => file.Read(name, new float[2], all.Length - 1));
    }

    [Theory]
    [InlineData("its architecture is gemma; those that can be run here are ", "general.architecture", "gemma")]
    [InlineData("its rotary positions are scaled (yarn), which can't be computed here", "llama.rope.scaling.type", "yarn")]
    [InlineData("it does not say llama.block_count", "llama.block_count", null)]
    [InlineData("its llama.block_count is not an integer up to 2147483647", "llama.block_count", "1")]
    [InlineData("its tokenizer is of the kind llama; byte-level BPE (gpt2) and single characters can be read", GgufTokenizer.Model, "llama")]
    [InlineData("its tokenizer cuts text in the way \"bloom\", which can't be followed here; gpt-2, smollm, dbrx, llama-bpe, qwen2, gpt-4o can", GgufTokenizer.PreTokenizer, "bloom")]
    [InlineData("it does not say tokenizer.ggml.merges", GgufTokenizer.Merges, null)]
    [InlineData("Rotary positions turn pairs, but a head has 1 numbers", "llama.attention.head_count", 32u)]
    [InlineData("The number of heads must be at least 1, not 0", "llama.attention.head_count", 0u)]
    [InlineData("its llama.rope.dimension_count is 6, but what should be the same is 8", "llama.rope.dimension_count", 6u)]
    [InlineData("it is one of 3 parts. Put them together first: llama-gguf-split --merge", "split.count", 3u)]
    public void What_cant_be_used_gets_a_sentence(string sentence, string key, object? value)
    {
        var path = _folder.File("changed.gguf");
        using (var original = GgufFile.Open(Recorded("llama-f32")))
        {
            var metadata = original.Metadata.Values.ToDictionary();
            if (key == "llama.attention.head_count")
                metadata = metadata.Where(pair => !pair.Key.EndsWith("_length", StringComparison.Ordinal) || pair.Key.Contains("context") || pair.Key.Contains("embedding") || pair.Key.Contains("feed"))
                    .Where(pair => !pair.Key.EndsWith("dimension_count", StringComparison.Ordinal)).ToDictionary();
            if (value is null)
                metadata.Remove(key);
            else
                metadata[key] = value;
            GgufWriter.Write(path, metadata, original, _ => GgmlType.F32, null, TestContext.Current.CancellationToken);
        }

        var message = Assert.Throws<InvalidDataException>(() => ModelImporter.Import(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2f, "its rotary positions are stretched (rope_freqs.weight) in another way than Llama 3's")]
    [InlineData(float.NaN, "its rotary positions are stretched (rope_freqs.weight) in another way than Llama 3's")]
    [InlineData(null, "its rope_freqs.weight has 3 numbers; 4 would fit heads of 8")]
    public void Positions_stretched_in_an_unknown_way_are_refused(float? factor, string sentence)
    {
        var path = _folder.File("other.gguf");
        var original = GgufFile.Open(Recorded("llama-f32"));
        var rules = original.Entries.Where(entry => entry.Name != GgufRotaryFactors.Name).Select(entry => new TensorRule(entry.Name, new TensorPart(entry.Name)));
        float[] factors = factor is { } last ? [1, 1, 1, last] : [1, 1, 1];
        using (var others = new AddedTensors(
            new TensorMapping([.. rules]) { Ignores = _ => true }.Apply(original, null, path), [(GgufRotaryFactors.Name, new Shape(factors.Length), factors)]))
            GgufWriter.Write(path, original.Metadata.Values, others, _ => GgmlType.F32, null, TestContext.Current.CancellationToken);
        Assert.Contains(sentence, Assert.Throws<InvalidDataException>(() => ModelImporter.Import(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_unknown_tensors_are_all_named()
    {
        var path = _folder.File("other.gguf");
        var original = GgufFile.Open(Recorded("llama-f32"));
        var rules = original.Entries.Select(entry => new TensorRule(entry.Name.Replace("ffn_up", "ffn_upp", StringComparison.Ordinal), new TensorPart(entry.Name)));
        using (var renamed = new TensorMapping([.. rules]).Apply(original, null, path))
            GgufWriter.Write(path, original.Metadata.Values, renamed, _ => GgmlType.F32, null, TestContext.Current.CancellationToken);
        var message = Assert.Throws<InvalidDataException>(() => ModelImporter.Import(path)).Message;
        Assert.Contains("it lacks blk.0.ffn_up.weight", message, StringComparison.Ordinal);
        Assert.Contains("unknown blk.0.ffn_upp.weight", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_says_itself_what_it_is() =>
        Assert.Contains("leave out --preset", Assert.Throws<ArgumentException>(
            () => ModelImporter.Import(Recorded("llama-f32"), new ImportOptions { Preset = "llama" })).Message, StringComparison.Ordinal);

    internal static string Recorded(string name) => TestFiles.Recorded($"gguf/{name}.gguf");
}
