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
        Assert.Equal("There is no preset \"gpt5\"; there are microgpt and gpt2.", error.Message);
    }

    private static long Count(GptConfig config)
    {
        using var device = Device.Cpu(threads: 1);
        return new Gpt(config, device).ParameterCount;
    }
}
