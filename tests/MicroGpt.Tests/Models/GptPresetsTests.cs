using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Models;

public sealed class GptPresetsTests
{
    [Fact]
    public void Microgpt_has_4192_parameters() => Assert.Equal(4192, Count(GptPresets.Microgpt(27)));

    [Fact]
    public void NanoGPTs_small_configuration_has_804096_parameters() =>
        Assert.Equal(804_096, Count((GptConfig)(Recipe.ShakespeareChar.Model with { VocabularySize = 65 })));

    [Fact]
    public void Llama_has_15191712_parameters_at_32000_tokens() => Assert.Equal(15_191_712, Count(GptPresets.Llama(32000)));

    [Fact]
    public void Llamas_parameters_are_called_as_in_Hugging_Faces()
    {
        using var device = Device.Cpu(threads: 1);
        var model = new Gpt(TinyModels.Config("llama") with { TiedHead = false, KeyValueHeads = 1 }, device);
        Assert.Equal(
            [
                "model.embed_tokens.weight (7, 4)",
                "lm_head.weight (7, 4)",
                "model.layers.0.input_layernorm.weight (4)",
                "model.layers.0.self_attn.q_proj.weight (4, 4)",
                "model.layers.0.self_attn.k_proj.weight (2, 4)",
                "model.layers.0.self_attn.v_proj.weight (2, 4)",
                "model.layers.0.self_attn.o_proj.weight (4, 4)",
                "model.layers.0.post_attention_layernorm.weight (4)",
                "model.layers.0.mlp.gate_proj.weight (8, 4)",
                "model.layers.0.mlp.up_proj.weight (8, 4)",
                "model.layers.0.mlp.down_proj.weight (4, 8)",
                "model.norm.weight (4)",
            ],
            model.Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"));
    }

    [Theory]
    [InlineData("gpt2", 50257, 124_439_808)]
    [InlineData("gpt2-medium", 50257, 354_823_168)]
    [InlineData("gpt2-large", 50257, 774_030_080)]
    [InlineData("gpt2-xl", 50257, 1_557_611_200)]
    [InlineData("smollm2-135m", 49152, 134_515_008)]
    [InlineData("qwen3-0.6b", 151936, 596_049_920)]
    [InlineData("microgpt-50m", 6400, 44_389_632)]
    [InlineData("nanochat", 32768, 286_261_730)]
    public void Presets_have_the_published_number_of_parameters(string preset, int vocabulary, long parameters) =>
        Assert.Equal(parameters, Count(GptPresets.Create(preset, vocabulary)));

    [Theory]
    [InlineData(4, 128, 2, 256)]
    [InlineData(6, 64, 6, 384)]
    [InlineData(11, 128, 6, 768)] // 704, up to whole heads
    [InlineData(20, 128, 10, 1280)]
    public void Nanochats_one_dial_sets_width_and_heads(int depth, int headSize, int heads, int width)
    {
        var config = GptPresets.Nanochat(32768, depth, headSize).Validate();
        Assert.Equal((depth, heads, width, headSize), (config.Layers, config.Heads, config.Width, config.HeadSize));
    }

    [Fact]
    public void Nanochats_windows_are_short_but_in_every_fourth_and_the_last_layer()
    {
        var config = GptPresets.Nanochat(32768, depth: 6);
        Assert.Equal([512, 512, 512, null, 512, null], Enumerable.Range(0, 6).Select(config.Window));
        Assert.Equal(384, (config with { ContextLength = 1028 }).Window(0));
        Assert.Null((config with { WindowPattern = "L" }).Window(0));
        Assert.Equal(7, (config with { ShortWindow = 7 }).Window(1));
    }

    [Fact]
    public void Nanochats_parameters_are_called_and_start_as_there()
    {
        using var device = Device.Cpu(threads: 1);
        var model = new Gpt(GptPresets.Nanochat(70, depth: 2, headSize: 64) with { WindowPattern = null }, device);
        model.Initialize(new MersenneTwister(1));
        var expected = new Dictionary<string, (string Shape, double Least, double Most)>
        {
            ["transformer.wte.weight"] = ("(128, 128)", -4, 4),
            ["lm_head.weight"] = ("(128, 128)", -0.005, 0.005),
            ["smear_gate.weight"] = ("(1, 24)", 0, 0.02),
            ["smear_lambda"] = ("(1)", 0, 0),
            ["resid_lambdas"] = ("(2)", 1.05, 1.15),
            ["x0_lambdas"] = ("(2)", 0.05, 0.2),
            ["backout_lambda"] = ("(1)", 0.2, 0.2),
            ["value_embeds.1.weight"] = ("(128, 128)", -0.1531, 0.1531), // √3 / √128
            ["transformer.h.1.attn.ve_gate.weight"] = ("(2, 12)", 0, 0.02),
        };
        foreach (var layer in (int[])[0, 1])
        {
            foreach (var name in (string[])["c_q", "c_k", "c_v"])
                expected.Add($"transformer.h.{layer}.attn.{name}.weight", ("(128, 128)", -0.1531, 0.1531));
            expected.Add($"transformer.h.{layer}.attn.c_proj.weight", ("(128, 128)", 0, 0));
            expected.Add($"transformer.h.{layer}.mlp.c_fc.weight", ("(512, 128)", -0.06124, 0.06124));
            expected.Add($"transformer.h.{layer}.mlp.c_proj.weight", ("(128, 512)", 0, 0));
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), model.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (var parameter in model.Parameters)
        {
            var (shape, least, most) = expected[parameter.Name];
            Assert.Equal(shape, parameter.Shape.ToString());
            var values = parameter.AsSpan<float>().ToArray();
            Assert.All(values, value => Assert.InRange(value, least - 1e-6, most + 1e-6));
            Assert.True(values.Max() - values.Min() >= 0.7 * (most - least) || parameter.Shape.Count < 25, parameter.Name);
        }
    }

    [Fact]
    public void GPT2_has_124318464_numbers_in_matrices() => // the rest: biases and norms, 12 × (3 + 1 + 4 + 1 + 4) × 768 + 2 × 768
        Assert.Equal(124_439_808 - (12 * 13 + 2) * 768, GptPresets.Gpt2(50257).MatrixElements);

    [Theory]
    [InlineData("microgpt", null, null)]
    [InlineData("gpt2", null, null)]
    [InlineData("gpt2", 2, 40)]
    [InlineData("microgpt", 1, 7)]
    [InlineData("llama", null, null)]
    [InlineData("llama", 2, 40)]
    [InlineData("qwen3-0.6b", 2, null)]
    [InlineData("nanochat", null, null)]
    [InlineData("nanochat", 1, 24)]
    [InlineData("microgpt-50m", null, null)]
    public void The_numbers_in_matrices_are_known_beforehand(string preset, int? keyValueHeads, int? mlpWidth)
    {
        var config = GptPresets.Create(preset, 11) with
        {
            ContextLength = 5,
            Layers = 3,
            Heads = 4,
            Width = 24,
            KeyValueHeads = keyValueHeads,
            MlpWidth = mlpWidth,
        };
        using var device = Device.Cpu(threads: 1);
        var matrices = new Gpt(config, device).Parameters.Where(parameter => parameter.Shape.Rank == 2);
        Assert.Equal(matrices.Sum(matrix => matrix.Shape.Count), config.MatrixElements);
    }

    [Fact]
    public void Presets_are_found_by_name()
    {
        Assert.All(GptPresets.Names, name => Assert.Equal(name, GptPresets.Create(name, 27).Validate().Preset));
        var error = Assert.Throws<ArgumentException>(() => GptPresets.Create("gpt5", 27));
        Assert.Equal("There is no preset \"gpt5\"; there are microgpt, gpt2, gpt2-medium, gpt2-large, gpt2-xl, llama, smollm2-135m, qwen3-0.6b, nanochat, microgpt-50m.", error.Message);
    }

    private static long Count(GptConfig config)
    {
        using var device = Device.Cpu(threads: 1);
        using var meta = device.CreateMeta();
        return new Gpt(config, meta).ParameterCount;
    }
}
