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
        Assert.Equal(804_096, Count(Recipe.ShakespeareChar.Model with { VocabularySize = 65 }));

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

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void GPT2_has_124439808_parameters() => Assert.Equal(124_439_808, Count(GptPresets.Gpt2(50257)));

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
    public void The_numbers_in_matrices_are_known_beforehand(string preset, int? keyValueHeads, int? mlpWidth)
    {
        var config = GptPresets.Create(preset, 11) with
        {
            ContextLength = 5,
            Layers = 3,
            Heads = 4,
            Width = 16,
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
        Assert.Equal("There is no preset \"gpt5\"; there are microgpt, gpt2, llama.", error.Message);
    }

    private static long Count(GptConfig config)
    {
        using var device = Device.Cpu(threads: 1);
        return new Gpt(config, device).ParameterCount;
    }
}
