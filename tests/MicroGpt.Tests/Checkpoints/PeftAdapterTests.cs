using System.Text.Json.Nodes;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Models;

namespace MicroGpt.Tests.Checkpoints;

public sealed class PeftAdapterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("llama", LoraBias.None, false, false)]
    [InlineData("gpt2", LoraBias.All, true, false)]
    [InlineData("gpt2", LoraBias.LoraOnly, false, true)]
    [InlineData("llama", LoraBias.None, true, true)]
    public void What_is_written_is_read_again(string preset, LoraBias bias, bool attached, bool dora)
    {
        var model = TinyModels.Create(TinyModels.Config(preset), _device);
        var adapter = LoraTests.Trained(model, new LoraConfig { Rank = 2, Alpha = 3, UseRsLora = true, UseDora = dora, Dropout = 0.25, Bias = bias });
        model.Adapter = attached ? adapter : null;
        PeftAdapter.Save(_folder.File("adapter"), adapter, "base", step: 5);
        var other = TinyModels.Create(TinyModels.Config(preset), _device);
        var read = PeftAdapter.Load(_folder.File("adapter"), other);
        Assert.Equal("base", PeftAdapter.BaseModelOf(_folder.File("adapter")));
        Assert.Equal((adapter.Config.Scale, dora, 0.25), (read.Config.Scale, read.Config.UseDora, read.Config.Dropout));
        (model.Adapter, other.Adapter) = (adapter, read);
        Assert.Equal(adapter.Parameters.SelectMany(Numbers), read.Parameters.SelectMany(Numbers));

        static IEnumerable<double> Numbers(Tensor tensor) => Enumerable.Range(0, tensor.Shape.Count).Select(i => tensor[i]);
    }

    [Fact]
    public void Names_and_shapes_are_those_that_PEFT_writes()
    {
        Save("llama", new LoraConfig { Rank = 2, TargetModules = ["q_proj", "down_proj"] });
        using var file = SafeTensorsFile.Open(Path.Combine(_folder.File("adapter"), PeftAdapter.WeightsFile));
        Assert.Equal(
            [
                "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight(2, 8)",
                "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight(4, 2)",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight(2, 4)",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight(4, 2)",
            ],
            file.Entries.Select(entry => $"{entry.Name}{entry.Shape}").Order(StringComparer.Ordinal));
        var json = Config();
        Assert.Equal(("LORA", "CAUSAL_LM", 2, "none", false), ((string?)json["peft_type"], (string?)json["task_type"], (int)json["r"]!, (string?)json["bias"], (bool)json["use_rslora"]!));
        Assert.Equal(["q_proj", "down_proj"], json["target_modules"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public void DoRAs_lengths_have_PEFTs_name()
    {
        Save("llama", new LoraConfig { Rank = 2, TargetModules = ["down_proj"], UseDora = true });
        using var file = SafeTensorsFile.Open(Path.Combine(_folder.File("adapter"), PeftAdapter.WeightsFile));
        Assert.Contains("base_model.model.model.layers.0.mlp.down_proj.lora_magnitude_vector(4)", file.Entries.Select(entry => $"{entry.Name}{entry.Shape}"));
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "IA3")]
    [InlineData("use_dora", "true", "lacks")]
    [InlineData("lora_dropout", "1", "Dropout")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "modules_to_save")]
    [InlineData("rank_pattern", "{\"q_proj\":4}", "rank_pattern")]
    [InlineData("bias", "\"some\"", "lora_only")]
    [InlineData("r", "0", "rank")]
    [InlineData("r", "4", "shape")]
    [InlineData("r", "2000000000", "rank")]
    [InlineData("target_modules", "[\"query\"]", "another model")]
    [InlineData("target_modules", "[\"k_proj\"]", "lacks")]
    [InlineData("target_modules", "[1]", "list of texts")]
    public void What_can_not_be_used_is_refused_in_a_sentence(string name, string value, string word)
    {
        var model = Save("llama", new LoraConfig { Rank = 2, TargetModules = ["q_proj"] });
        var json = Config();
        json[name] = JsonNode.Parse(value);
        File.WriteAllText(ConfigPath, json.ToJsonString());
        var error = Assert.Throws<InvalidDataException>(() => PeftAdapter.Load(_folder.File("adapter"), model));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PEFTs_other_ways_to_say_targets_are_read()
    {
        var model = Save("llama", new LoraConfig { Rank = 2 });
        foreach (var targets in new[] { "\"all-linear\"", "\".*_proj\"" })
        {
            var json = Config();
            json["target_modules"] = JsonNode.Parse(targets);
            File.WriteAllText(ConfigPath, json.ToJsonString());
            Assert.Equal(14, PeftAdapter.Load(_folder.File("adapter"), model).Parameters.Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Thousands_of_mutations_give_an_adapter_or_a_sentence(ulong seed)
    {
        var model = Save("llama", new LoraConfig { Rank = 2, TargetModules = ["q_proj"] });
        var random = new MersenneTwister(seed);
        foreach (var path in new[] { ConfigPath, Path.Combine(_folder.File("adapter"), "base_model.json"), Path.Combine(_folder.File("adapter"), PeftAdapter.WeightsFile) })
        {
            var original = File.ReadAllBytes(path);
            for (var i = 0; i < 500; i++)
            {
                File.WriteAllBytes(path, Mutation.Of(original, random));
                try
                {
                    PeftAdapter.Load(_folder.File("adapter"), model);
                }
                catch (Exception exception) when (exception is InvalidDataException or IOException)
                {
                    // a sentence, as it should be
                }
            }

            File.WriteAllBytes(path, original);
        }
    }

    private string ConfigPath => Path.Combine(_folder.File("adapter"), PeftAdapter.ConfigurationFile);

    private JsonNode Config() => JsonNode.Parse(File.ReadAllText(ConfigPath))!;

    private Gpt Save(string preset, LoraConfig config)
    {
        var model = TinyModels.Create(TinyModels.Config(preset), _device);
        PeftAdapter.Save(_folder.File("adapter"), LoraTests.Trained(model, config), "base");
        return model;
    }
}
