using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Models;

public sealed class ModelFlopsTests
{
    [Fact]
    public void Of_GPT_2_they_are_six_a_weight_and_twelve_L_C_T()
    {
        // Table, then 4 + 8 matrices of C x C a layer: 84,934,656 + 38,597,376.
        using var meta = Device.Default.CreateMeta();
        var model = new Gpt(GptPresets.Gpt2(50257), meta);
        Assert.Equal(6.0 * (50257 * 768 + 12 * 12 * 768 * 768) + 12.0 * 12 * 768 * 1024, ModelFlops.PerPosition(model, model.Parameters));
    }

    [Fact]
    public void Of_nanochat_tables_are_no_products_and_windows_are_short()
    {
        using var meta = Device.Default.CreateMeta();
        var config = GptPresets.Nanochat(64, depth: 4, headSize: 64) with { ContextLength = 1024 }; // windows of 256 in three of four layers
        var model = new Gpt(config, meta);
        var gates = model.Parameters.Where(parameter => parameter.Name.Contains("gate", StringComparison.Ordinal)).Sum(parameter => parameter.Shape.Count);
        var expected = 6.0 * (64 * 256 + 4 * 12 * 256 * 256 + gates) + 12.0 * 256 * (3 * 256 + 1024);
        Assert.Equal(expected, ModelFlops.PerPosition(model, model.Parameters));
    }

    [Fact]
    public void An_adapter_saves_the_gradients_of_what_stays()
    {
        var model = new Gpt(GptPresets.Llama(64) with { Layers = 1, Heads = 2, Width = 16, ContextLength = 8 }, Device.Default);
        var whole = ModelFlops.PerPosition(model, model.Parameters)!.Value;
        model.Adapter = new LoraAdapter(model, new LoraConfig { Rank = 1 });
        var adapted = ModelFlops.PerPosition(model, model.Adapter.Parameters)!.Value;
        var attention = 12.0 * 16 * 8;
        var learned = model.Adapter.Parameters.Sum(parameter => parameter.Shape.Count);
        Assert.Equal((whole - attention) * 4 / 6 + 6.0 * learned + attention, adapted);
    }

    [Fact]
    public void Of_other_models_they_are_not_known()
    {
        var model = ModelPresets.Create("lstm", 10).Create(Device.Default);
        Assert.Null(ModelFlops.PerPosition(model, model.Parameters));
    }
}
