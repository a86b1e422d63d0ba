using System.Text.Json;
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
        AssertSame(model, loaded.Model);
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

    [Fact]
    public void Another_version_of_a_model_that_others_know_is_told_as_such()
    {
        Save();
        Change(json => json["microgpt"]!["format_version"] = 2);
        Refused("is of version 2 of the checkpoint folder; this program reads version 1. Use the version of microgpt that wrote it.");
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("[]", "it has neither model_type nor format_version")]
    [InlineData("{}", "it has neither model_type nor format_version")]
    [InlineData("{\"model_type\":\"bert\"}", "is of a model of the type bert; those that can be used are gpt2, ")]
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
    [InlineData("width", 64, "transformer.wte.weight has the shape (7, 4), the model needs (7, 64); ")]
    [InlineData("layers", 3, "it lacks transformer.h.{1,2}.attn.c_attn.weight, transformer.h.{1,2}.attn.c_proj.weight, ")]
    [InlineData("layers", 30, "it has 7 tensors, too few for 30 layers")]
    [InlineData("layers", int.MaxValue, "too few for 2147483647 layers")]
    [InlineData("context_length", 5, "transformer.wpe.weight has the shape (6, 4), the model needs (5, 4).")]
    [InlineData("norm_weights", true, "it lacks transformer.ln_e.weight, transformer.h.0.ln_1.weight, transformer.h.0.ln_2.weight.")]
    [InlineData("tied_head", true, "it has unknown lm_head.weight.")]
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
        Save(TinyModels.Create(TinyModels.Config("microgpt"), _device));
        Change(json => json["model"]![key] = value is null ? null : JsonValue.Create(value));
        Refused(sentence);
    }

    [Theory]
    [InlineData("gpt2", "n_head", 3, "3 heads do not divide a width of 4")]
    [InlineData("gpt2", "n_head", 0, "The number of heads must be at least 1, not 0.")]
    [InlineData("llama", "num_attention_heads", 0, "The number of heads must be at least 1, not 0.")]
    [InlineData("gpt2", "n_layer", 2, "it lacks transformer.h.1.ln_1.weight")]
    [InlineData("gpt2", "n_embd", 8, "transformer.wte.weight has the shape (7, 4), the model needs (7, 8)")]
    [InlineData("gpt2", "n_inner", 12, "transformer.h.0.mlp.c_fc.weight gives the shape (8, 4), the model needs (12, 4)")]
    [InlineData("gpt2", "n_embd", "4", "its n_embd is not an integer")]
    [InlineData("gpt2", "vocab_size", null, "it does not say vocab_size")]
    [InlineData("gpt2", "tie_word_embeddings", false, "it lacks lm_head.weight")]
    [InlineData("gpt2", "tie_word_embeddings", 1, "its tie_word_embeddings is not true or false")]
    [InlineData("gpt2", "scale_attn_weights", false, "its scale_attn_weights is false, which can't be run here")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", true, "its scale_attn_by_inverse_layer_idx is true, which can't be run here")]
    [InlineData("gpt2", "activation_function", "silu", "its activation_function silu is not known here")]
    [InlineData("gpt2", "activation_function", 3, "its activation_function is not a text")]
    [InlineData("gpt2", "microgpt", 3, "its microgpt is not an object")]
    [InlineData("gpt2", "layer_norm_epsilon", "x", "its layer_norm_epsilon is not a number")]
    [InlineData("llama", "hidden_act", "gelu", "its hidden_act gelu is not known here")]
    [InlineData("llama", "attention_bias", true, "its attention_bias is true, which can't be run here")]
    [InlineData("llama", "rope_theta", 0.5, "The rotary theta must be a number from 1, not 0.5.")]
    public void The_configuration_of_another_model_is_found_out_by_others_names(string preset, string key, object? value, string sentence)
    {
        Save(TinyModels.Create(TinyModels.Config(preset), _device));
        Change(json => json[key] = value is null ? null : JsonValue.Create(value));
        Refused(sentence);
    }

    [Fact]
    public void Rotary_positions_of_another_kind_are_refused()
    {
        Save(TinyModels.Create(TinyModels.Config("llama"), _device));
        Change(json => json["rope_scaling"] = JsonNode.Parse("""{"type":"linear","factor":2}"""));
        Refused("its rotary positions are of the kind linear, which can't be computed here");
    }

    [Fact]
    public void A_checkpoint_from_before_it_had_others_layout_is_read()
    {
        var model = Save();
        var old = new ConfigFile { FormatVersion = 1, ModelType = "microgpt", Model = model.Config };
        File.WriteAllBytes(Config, JsonSerializer.SerializeToUtf8Bytes(old, CheckpointJson.Default.ConfigFile));
        Change(json => json["model"]!.AsObject().Remove("positions")); // older still: there were only learned ones
        SafeTensorsWriter.Write(Path.Combine(_folder, ModelCheckpoint.WeightsFile), model.Parameters, new Dictionary<string, string> { ["step"] = "3" });
        var loaded = ModelCheckpoint.Load(_folder, _device);
        Assert.Equal(model.Config, loaded.Model.Config);
        AssertSame(model, loaded.Model);
        Assert.Equal(3, loaded.Step);
    }

    [Fact]
    public void A_huge_context_of_rotary_positions_takes_no_memory_until_it_is_used()
    {
        Save(TinyModels.Create(TinyModels.Config("llama"), _device));
        Change(json => json["max_position_embeddings"] = 500_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(500_000_000, ModelCheckpoint.Load(_folder, _device).Model.Config.ContextLength);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Sizes_whose_product_overflows_take_no_memory()
    {
        Save(TinyModels.Create(TinyModels.Config("microgpt"), _device));
        Change(json =>
        {
            foreach (var (key, value) in ((string, int)[])[("vocabulary_size", 80000), ("width", 26000), ("heads", 1), ("mlp_width", 80000)])
                json["model"]![key] = value;
        });
        Refused("transformer.wte.weight has the shape (7, 4), the model needs (80000, 26000)", withTokenizer: false);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_found_out_and_can_be_allowed(float number)
    {
        var model = TinyModels.Create(TinyModels.Config(), _device);
        model.Parameters.Single(parameter => parameter.Name == "transformer.h.0.attn.c_attn.weight")[9] = number;
        Save(model);
        Refused(FormattableString.Invariant($"transformer.h.0.attn.c_attn.weight has the number {number} at 14."));
        using var stored = ModelCheckpoint.Open(_folder, new ImportOptions { AllowNonFinite = true });
        AssertSame(model, stored.Load(_device));
    }

    [Fact]
    public void A_vocabulary_may_be_rounded_up_and_the_rest_is_never_sampled()
    {
        var tokenizer = BpeTokenizer.FromRanks([.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })], new BpeOptions { Splitter = Splitter.Gpt2 });
        var model = TinyModels.Create(TinyModels.Config() with { VocabularySize = tokenizer.VocabularySize + 5 }, _device);
        ModelCheckpoint.SaveDescription(_folder, model, tokenizer);
        ModelCheckpoint.SaveWeights(_folder, model, 1);
        var loaded = ModelCheckpoint.Load(_folder, _device);
        var sampler = new MicroGpt.Inference.Sampler(new MicroGpt.Inference.SamplerOptions { Temperature = 100 }, new MersenneTwister(1));
        Assert.NotEmpty(string.Concat(new MicroGpt.Inference.Generator(loaded.Model).GenerateText(loaded.Tokenizer, "a", 2000, sampler)));
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
        var model = Save(TinyModels.Create(TinyModels.Config("llama"), _device));
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

    private void Change(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(Config))!;
        change(json);
        File.WriteAllText(Config, json.ToJsonString());
    }

    private void Refused(string sentence, bool withTokenizer = true)
    {
        var error = Assert.Throws<InvalidDataException>(() => ModelCheckpoint.Open(_folder, new ImportOptions { WithoutTokenizer = !withTokenizer }).Load(_device));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(Gpt expected, ILanguageModel actual)
    {
        Assert.Equal(expected.Parameters.Count, actual.Parameters.Count);
        foreach (var (one, other) in expected.Parameters.Zip(actual.Parameters))
            Assert.Equal(one.AsSpan<float>().ToArray(), other.AsSpan<float>().ToArray());
    }
}
