using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Models;

/// <summary>Reading a prompt and then token after token through the cache is the same model as reading all at once.</summary>
public sealed class KvCacheTests
{
    private const int Vocabulary = 29;

    public static TheoryData<string, int?, int> Cases { get; } = new(
        from preset in (string[])["microgpt", "gpt2", "llama", "qwen3-0.6b", "microgpt-50m", "nanochat"]
        from keyValueHeads in (int?[])[null, 2, 1]
        from prefill in (int[])[1, 5, 19]
        select (preset, keyValueHeads, prefill));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_behind_the_cache_are_those_of_the_full_forward(string preset, int? keyValueHeads, int prefill)
    {
        using var device = Device.Cpu(threads: 2);
        var model = TinyModels.Create(Config(preset, keyValueHeads), device, 0.08);
        var ids = TinyModels.RandomIds(model.Config.ContextLength, Vocabulary);
        var expected = Logits(model, ids, null);

        var cache = model.CreateCache();
        Equal(expected, 0, Logits(model, ids[..prefill], cache));
        for (var position = prefill; position < ids.Length; position++)
        {
            Assert.Equal(position, cache.Length);
            Equal(expected, position, Logits(model, [ids[position]], cache));
        }
    }

    [Fact]
    public void A_prompt_in_parts_gives_what_it_gives_at_once()
    {
        using var device = Device.Cpu(threads: 2);
        var model = TinyModels.Create(Config("nanochat", 2), device);
        var ids = TinyModels.RandomIds(model.Config.ContextLength, Vocabulary);
        var expected = Logits(model, ids, null);
        var cache = model.CreateCache();
        foreach (var end in new[] { 4, 5, 16, 24 }) // from the window's inside to its outside
            Equal(expected, cache.Length, Logits(model, ids[cache.Length..end], cache));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("nanochat")]
    public void Several_rows_are_read_side_by_side(string preset)
    {
        using var device = Device.Cpu(threads: 2);
        var model = TinyModels.Create(Config(preset, 2), device, 0.08);
        var ids = TinyModels.RandomIds(3 * 10, Vocabulary);
        var cache = model.CreateCache(rows: 3);
        var tape = new Tape(device, recording: false);
        int[] firsts = [.. ids[..9], .. ids[10..19], .. ids[20..29]];
        model.Forward(tape, tape.Integers(firsts, new Shape(3, 9)), cache);
        var last = model.Forward(tape, tape.Integers([ids[9], ids[19], ids[29]], new Shape(3, 1)), cache);
        for (var row = 0; row < 3; row++)
        {
            var expected = Logits(model, ids[(10 * row)..(10 * row + 10)], null);
            Equal(expected, 9, last.AsSpan<float>().Slice(row * Vocabulary, Vocabulary).ToArray());
        }
    }

    [Theory]
    [InlineData("microgpt")]
    [InlineData("nanochat")]
    public void A_cleared_cache_remembers_nothing(string preset)
    {
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(Config(preset, null), device, 0.08);
        var cache = model.CreateCache();
        Logits(model, TinyModels.RandomIds(20, Vocabulary, seed: 2), cache);
        cache.Clear();
        var ids = TinyModels.RandomIds(7, Vocabulary);
        Equal(Logits(model, ids, null), 0, Logits(model, ids, cache));
    }

    [Fact]
    public void More_positions_than_the_context_holds_are_refused()
    {
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(Config("gpt2", null), device, 0.08);
        var cache = model.CreateCache();
        Logits(model, TinyModels.RandomIds(24, Vocabulary), cache);
        var error = Assert.Throws<ArgumentException>(() => Logits(model, [0], cache));
        Assert.Contains("25 positions are more than the model's context of 24", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Logits(model, new int[25], null));
    }

    [Fact]
    public void Gradients_do_not_flow_through_a_cache()
    {
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(Config("gpt2", null), device, 0.08);
        var tape = new Tape(device);
        Assert.Throws<InvalidOperationException>(() => model.Forward(tape, tape.Integers([1], new Shape(1, 1)), model.CreateCache()));
    }

    private static GptConfig Config(string preset, int? keyValueHeads) => GptPresets.Create(preset, Vocabulary) with
    {
        ContextLength = 24,
        Layers = 3,
        Heads = 4,
        KeyValueHeads = keyValueHeads,
        Width = 32,
        HeadWidth = null,
        ShortWindow = 5, // of nanochat, in the first two layers
    };

    [Fact]
    public void Ids_in_the_tables_rows_beyond_the_vocabulary_are_refused()
    {
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(Config("nanochat", null), device);
        Assert.Equal(64, model.Config.TableRows);
        Assert.Throws<ArgumentOutOfRangeException>(() => Logits(model, [Vocabulary], null));
    }

    private static float[] Logits(Gpt model, int[] ids, KvCache? cache)
    {
        var tape = new Tape(model.Device, recording: false);
        return model.Forward(tape, tape.Integers(ids, new Shape(1, ids.Length)), cache).AsSpan<float>().ToArray();
    }

    private static void Equal(float[] all, int position, float[] some)
    {
        for (var i = 0; i < some.Length; i++)
            Assert.Equal(all[position * Vocabulary + i], some[i], 1e-5);
    }
}
