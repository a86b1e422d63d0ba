using System.Text.Json;
using System.Text.Json.Nodes;
using MicroGpt.Checkpoints;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

/// <summary>
/// Models that transformers wrote (<c>TestData/hf/record.py</c>), in one file and in several, in three types: their logits and their
/// greedy tokens are those that transformers computes.
/// </summary>
public sealed class HuggingFaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("gpt2", TensorType.F32)]
    [InlineData("gpt2-gelu", TensorType.F32)]
    [InlineData("llama", TensorType.F32)]
    [InlineData("smollm2", TensorType.BF16)]
    [InlineData("llama3", TensorType.F32)]
    [InlineData("qwen2", TensorType.F32)]
    [InlineData("qwen3", TensorType.F16)]
    public void A_folder_of_transformers_computes_what_transformers_computes(string name, TensorType type)
    {
        using var model = ModelImporter.Import(Recorded(name));
        Assert.All(model.Weights.Entries, entry => Assert.Equal(type, entry.Type));
        Assert.Null(model.Tokenizer);
        Check(name, model);
    }

    [Theory]
    [InlineData("gpt2", null)]
    [InlineData("gpt2-gelu", TensorType.F32)]
    [InlineData("llama", null)]
    [InlineData("smollm2", null)]
    [InlineData("smollm2", TensorType.F32)]
    [InlineData("llama3", null)]
    [InlineData("qwen2", null)]
    [InlineData("qwen3", TensorType.F32)]
    public void Imported_it_computes_the_same_and_differs_in_nothing(string name, TensorType? type)
    {
        using (var model = ModelImporter.Import(Recorded(name)))
            ModelCheckpoint.Save(_folder.File("out"), model, type, cancellation: TestContext.Current.CancellationToken);
        using var imported = ModelCheckpoint.Open(_folder.File("out"));
        Check(name, imported);
        using var original = ModelImporter.Import(Recorded(name));
        Assert.All(TensorComparison.Compare(original.Weights, imported.Weights, cancellation: TestContext.Current.CancellationToken), tensor => Assert.True(tensor.IsNone));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.File("out"), ModelCheckpoint.ConfigurationFile)))!;
        Assert.Equal(name == "smollm2" && type is null ? "bfloat16" : "float32", (string?)config["torch_dtype"]);
    }

    [Theory]
    [InlineData("gpt2", "GPT2LMHeadModel")]
    [InlineData("llama", "LlamaForCausalLM")]
    [InlineData("smollm2-135m", "LlamaForCausalLM")]
    [InlineData("qwen3-0.6b", "Qwen3ForCausalLM")]
    [InlineData("microgpt", null)]
    [InlineData("nanochat", null)]
    [InlineData("microgpt-50m", null)]
    public void Which_models_others_can_load_is_known(string preset, string? architecture)
    {
        var config = GptPresets.Create(preset, 100);
        Assert.Equal(architecture, HuggingFaceModel.Of(config)?.Architecture);
        Assert.Equal(architecture is not null, ModelCheckpoint.IsKnownElsewhere(config));
        Assert.False(ModelCheckpoint.IsKnownElsewhere(config with { Bias = !config.Bias, QkvBias = config.Bias }));
        Assert.False(ModelCheckpoint.IsKnownElsewhere(config with { NormAfterEmbedding = true }));
        Assert.Equal(architecture, HuggingFaceModel.Of(config with { TiedHead = false, InitialDeviation = 0.5, ScaledResidualInitialization = false })?.Architecture);
    }

    [Fact]
    public void A_llama_with_biases_for_queries_keys_and_values_is_a_Qwen2() =>
        Assert.Equal("Qwen2ForCausalLM", HuggingFaceModel.Of(GptPresets.Llama(100) with { QkvBias = true })!.Architecture);

    [Fact]
    public void GPT2s_matrices_are_stored_as_inputs_by_outputs()
    {
        var config = TinyModels.Config();
        var model = TinyModels.Create(config, _device);
        ModelCheckpoint.SaveDescription(_folder.File("out"), model, MicroGpt.Tokenizers.CharTokenizer.Train(["abcdef"], bos: true));
        ModelCheckpoint.SaveWeights(_folder.File("out"), model, 1);
        using var file = SafeTensorsFile.Open(Path.Combine(_folder.File("out"), ModelCheckpoint.WeightsFile));
        Assert.Equal(new Shape(4, 12), file.Entries.Single(entry => entry.Name == "transformer.h.0.attn.c_attn.weight").Shape);
        Assert.Equal(new Shape(7, 4), file.Entries.Single(entry => entry.Name == "transformer.wte.weight").Shape);
        Assert.DoesNotContain(file.Entries, entry => entry.Name == "lm_head.weight");
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/model.safetensors")]
    [InlineData("..\\\\model.safetensors")]
    [InlineData("a/b.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("pytorch_model.bin")]
    public void An_index_leads_nowhere_else(string file)
    {
        Copy("llama");
        ChangeIndex(map => map["model.norm.weight"] = file);
        Refused($"it names the file \"{file}\", which is not a safetensors file in the same folder.");
    }

    [Fact]
    public void An_index_that_does_not_say_what_is_in_the_files_is_refused()
    {
        Copy("llama");
        ChangeIndex(map => map["model.nonsense"] = (string)map["model.norm.weight"]!);
        Refused("model.nonsense is not in model-");
        Copy("llama");
        File.Copy(Shards()[0], Path.Combine(_folder.File("copy"), "again.safetensors"));
        ChangeIndex(map => map[map.First(place => (string?)place.Value == "model-00001-of-00004.safetensors").Key] = "again.safetensors");
        Refused(" is in ");
        Copy("llama");
        File.Delete(Shards()[^1]);
        Assert.ThrowsAny<IOException>(() => ModelCheckpoint.Open(_folder.File("copy")));
    }

    [Fact]
    public void A_preset_for_a_folder_that_says_what_it_is_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ModelImporter.Import(Recorded("llama"), new ImportOptions { Heads = 2 }));
        Assert.EndsWith("says in its config.json what model it is: leave out --preset, --heads and --tokenizer.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_a_type_cannot_hold_is_told_and_nothing_is_left()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        model.Parameters[0][5] = 1e5;
        using var stored = new StoredModel(model.Config, new TensorsInMemory(model.Parameters), null);
        var error = Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Save(_folder.File("out"), stored, TensorType.F16, cancellation: TestContext.Current.CancellationToken));
        Assert.StartsWith("model.embed_tokens.weight has the number 100000, which F16 can't hold.", error.Message, StringComparison.Ordinal);
        Assert.False(ModelCheckpoint.Exists(_folder.File("out")));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("out")), file => file.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal));
        ModelCheckpoint.Save(_folder.File("out"), stored, TensorType.BF16, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_conversion_that_is_stopped_leaves_nothing()
    {
        using var model = ModelImporter.Import(Recorded("llama"));
        using var source = new CancellationTokenSource();
        var stop = new StopAtOnce(source);
        Assert.ThrowsAny<OperationCanceledException>(() => ModelCheckpoint.Save(_folder.File("out"), model, null, stop, source.Token));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("out")), file => file.Contains("safetensors", StringComparison.Ordinal));
    }

    private void Check(string name, StoredModel stored)
    {
        var model = stored.Load(_device);
        using var json = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("hf/recorded.json")));
        var recorded = json.RootElement.GetProperty(name);
        int[] ids = [.. recorded.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        double[] expected = [.. recorded.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
        var tape = new Tape(_device, recording: false);
        var logits = model.Forward(tape, tape.Integers(ids, new Shape(1, ids.Length)));
        Assert.Equal(expected.Length, logits.Shape.Count);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], logits[i], 1e-5 * largest);
        Assert.Equal(
            recorded.GetProperty("greedy").EnumerateArray().Select(id => id.GetInt32()),
            new Generator(model).Generate(ids, 6, new Sampler(new SamplerOptions { Temperature = 0 }, new MersenneTwister(1))));
    }

    private static string Recorded(string name) => TestFiles.Recorded("hf/" + name);

    private string[] Shards() => [.. Directory.GetFiles(_folder.File("copy"), "model-*.safetensors").Order(StringComparer.Ordinal)];

    private void Copy(string name)
    {
        Directory.CreateDirectory(_folder.File("copy"));
        foreach (var file in Directory.GetFiles(Recorded(name)))
            File.Copy(file, Path.Combine(_folder.File("copy"), Path.GetFileName(file)), overwrite: true);
    }

    private void ChangeIndex(Action<JsonObject> change)
    {
        var path = Path.Combine(_folder.File("copy"), ShardedSafeTensors.IndexFile);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json["weight_map"]!.AsObject());
        File.WriteAllText(path, json.ToJsonString());
    }

    private void Refused(string sentence)
    {
        var error = Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Open(_folder.File("copy")));
        Assert.StartsWith(Path.Combine(_folder.File("copy"), ShardedSafeTensors.IndexFile) + " is damaged: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private sealed class StopAtOnce(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
