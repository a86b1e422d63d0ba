using System.Text.Json.Nodes;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Checkpoints;

public sealed class ModelCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Device _device = Device.Cpu(threads: 1);
    private readonly CharTokenizer _tokenizer = CharTokenizer.Train(["abcdef"], bos: true);
    private readonly string _folder;

    public ModelCheckpointTests() => _folder = _temporary.File("checkpoint");

    public void Dispose()
    {
        _device.Dispose();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("microgpt", null)]
    [InlineData("gpt2", 1)]
    [InlineData("llama", null)]
    [InlineData("llama", 1)]
    [InlineData("nanochat", 1)]
    [InlineData("microgpt-50m", null)]
    [InlineData("qwen3-0.6b", 1)]
    public void A_model_is_read_as_it_was_written(string preset, int? keyValueHeads)
    {
        var model = TinyModels.Create(TinyModels.Config(preset) with { KeyValueHeads = keyValueHeads }, _device);
        Save(model);
        var loaded = ModelCheckpoint.Load(_folder, _device);
        Assert.Equal(42, loaded.Step);
        Assert.Equal(model.Config, loaded.Model.Config);
        Assert.Equal(_tokenizer.Characters, ((CharTokenizer)loaded.Tokenizer).Characters);
        foreach (var (expected, actual) in model.Parameters.Zip(loaded.Model.Parameters))
            Assert.Equal(expected.AsSpan<float>().ToArray(), actual.AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_folder_that_is_not_there_says_how_to_get_one()
    {
        var error = Assert.ThrowsAny<IOException>(() => ModelCheckpoint.Load(_folder, _device));
        Assert.Equal($"{_folder}: there is no such folder. Train a model first: microgpt train --out {_folder}", error.Message);
    }

    [Theory]
    [InlineData(ModelCheckpoint.WeightsFile)]
    [InlineData(ModelCheckpoint.ConfigurationFile)]
    [InlineData(ModelCheckpoint.TokenizerFile)]
    public void A_missing_file_is_named(string file)
    {
        Save();
        File.Delete(Path.Combine(_folder, file));
        var error = Assert.ThrowsAny<IOException>(() => ModelCheckpoint.Load(_folder, _device));
        Assert.Equal($"{_folder} holds no checkpoint: {file} is missing.", error.Message);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("\"1\"")]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("99999999999")]
    public void Another_version_is_told_as_such(string version)
    {
        Save();
        File.WriteAllText(Config, $$"""{"format_version":{{version}},"model":{"unknown":[]} }""");
        Refused($"is of version {version} of the checkpoint folder; this program reads version 1. Use the version of microgpt that wrote it.");
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("[]", "no format_version")]
    [InlineData("{}", "no format_version")]
    [InlineData("{\"format_version\":1}", "damaged")]
    [InlineData("{\"format_version\":1,\"model_type\":\"microgpt\",\"model\":null}", "damaged")]
    [InlineData("{\"format_version\":1,\"model_type\":\"microgpt\",\"model\":{}}", "damaged")]
    [InlineData("{\"format_version\":1,\"model_type\":null,\"model\":{\"vocabulary_size\":7,\"context_length\":6,\"layers\":1,\"heads\":2,\"width\":4}}", "damaged")]
    public void A_damaged_configuration_is_told_as_such(string content, string word)
    {
        Save();
        File.WriteAllText(Config, content);
        Refused(word);
    }

    [Theory]
    [InlineData("heads", 3, "3 heads do not divide a width of 4")]
    [InlineData("layers", 0, "The number of layers must be at least 1")]
    [InlineData("width", 64, "is too small for the model in config.json")]
    [InlineData("layers", 30, "is too small for the model in config.json")]
    [InlineData("layers", int.MaxValue, "is too small for the model in config.json")]
    [InlineData("context_length", 5, "has the shape (6, 4); the model needs (5, 4)")]
    [InlineData("norm_after_embedding", true, "it lacks transformer.ln_e.weight")]
    [InlineData("final_norm", false, "it has unknown transformer.ln_f.weight")]
    [InlineData("norm", "Nothing", "damaged")]
    [InlineData("norm", 7, "There is no norm 7")]
    [InlineData("positions", "Nowhere", "damaged")]
    [InlineData("positions", "Rotary", "it lacks model.embed_tokens.weight, ")]
    [InlineData("activation", "SwiGlu", "it lacks transformer.h.0.mlp.c_gate.weight")]
    [InlineData("activation", "Swish", "damaged")]
    [InlineData("rotary_theta", 0, "The rotary theta must be a number from 1, not 0.")]
    [InlineData("preset", null, "damaged")]
    public void The_configuration_of_another_model_is_found_out(string key, object? value, string sentence)
    {
        Save();
        var json = JsonNode.Parse(File.ReadAllText(Config))!;
        json["model"]![key] = value is null ? null : JsonValue.Create(value);
        File.WriteAllText(Config, json.ToJsonString());
        Refused(sentence);
    }

    [Fact]
    public void A_configuration_from_before_there_were_kinds_of_positions_means_learned_ones()
    {
        Save();
        var json = JsonNode.Parse(File.ReadAllText(Config))!;
        Assert.True(json["model"]!.AsObject().Remove("positions"));
        Assert.False(json["model"]!.AsObject().ContainsKey("rotary_theta"));
        File.WriteAllText(Config, json.ToJsonString());
        Assert.Equal(TinyModels.Config(), ModelCheckpoint.Load(_folder, _device).Model.Config with { InitialDeviation = 0.02 });
    }

    [Fact]
    public void A_huge_context_of_rotary_positions_takes_no_memory_until_it_is_used()
    {
        Save(TinyModels.Create(TinyModels.Config("llama"), _device));
        var json = JsonNode.Parse(File.ReadAllText(Config))!;
        json["model"]!["context_length"] = 500_000_000;
        File.WriteAllText(Config, json.ToJsonString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(500_000_000, ModelCheckpoint.Load(_folder, _device).Model.Config.ContextLength);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Sizes_whose_product_overflows_take_no_memory()
    {
        Save();
        var json = JsonNode.Parse(File.ReadAllText(Config))!;
        foreach (var (key, value) in ((string, int)[])[("layers", int.MaxValue), ("width", 26000), ("heads", 1), ("mlp_width", 80000)])
            json["model"]![key] = value;
        File.WriteAllText(Config, json.ToJsonString());
        Refused("is too small for the model in config.json");
    }

    [Fact]
    public void The_tokenizer_of_another_checkpoint_is_found_out()
    {
        Save();
        File.WriteAllBytes(Path.Combine(_folder, ModelCheckpoint.TokenizerFile), TokenizerJson.Write(CharTokenizer.Train(["ab"], bos: true)));
        Refused("has 3 tokens, but the model knows 7: the files are not of one checkpoint.");
    }

    [Fact]
    public void A_damaged_tokenizer_is_named()
    {
        Save();
        File.WriteAllText(Path.Combine(_folder, ModelCheckpoint.TokenizerFile), "{");
        Refused("tokenizer.json: it is not a tokenizer.json: ");
    }

    [Fact]
    public void Without_its_weights_a_checkpoint_is_none()
    {
        ModelCheckpoint.Delete(_folder); // nothing there: nothing happens
        Save();
        Assert.True(ModelCheckpoint.Exists(_folder));
        ModelCheckpoint.Delete(_folder);
        Assert.False(ModelCheckpoint.Exists(_folder));
    }

    [Fact]
    public void Weights_without_a_step_are_those_of_step_0()
    {
        var model = Save();
        SafeTensorsWriter.Write(Path.Combine(_folder, ModelCheckpoint.WeightsFile), model.Parameters, new Dictionary<string, string>());
        Assert.Equal(0, ModelCheckpoint.Load(_folder, _device).Step);
    }

    private string Config => Path.Combine(_folder, ModelCheckpoint.ConfigurationFile);

    private Gpt Save(Gpt? model = null)
    {
        model ??= TinyModels.Create(TinyModels.Config(), _device);
        ModelCheckpoint.SaveDescription(_folder, model, _tokenizer);
        ModelCheckpoint.SaveWeights(_folder, model, 42);
        return model;
    }

    private void Refused(string sentence)
    {
        var error = Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Load(_folder, _device));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}
