using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Inference;

public sealed class GeneratorTests
{
    private const int Vocabulary = 7;

    [Theory]
    [InlineData("microgpt", 6, 1)]
    [InlineData("gpt2", 6, 1)]
    [InlineData("gpt2", 6, 6)]
    [InlineData("gpt2", 6, 40)]
    [InlineData("nanochat", 6, 40)]
    [InlineData("microgpt-50m", 6, 1)]
    [InlineData("gpt2", 1, 1)]
    [InlineData("gpt2", 1, 3)]
    [InlineData("gpt2", 2, 2)]
    public void A_long_sample_slides_past_the_context(string preset, int context, int prompt)
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device, preset, context));
        var ids = generator.Generate(TinyModels.RandomIds(prompt, Vocabulary), 10 * context + 5, Sampler(1)).ToArray();
        Assert.Equal(10 * context + 5, ids.Length);
        Assert.All(ids, id => Assert.InRange(id, 0, Vocabulary - 1));
    }

    [Fact]
    public void Within_the_context_the_best_token_is_that_of_the_full_forward()
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device);
        List<int> sequence = [3];
        var generated = new Generator(model).Generate([3], 5, Sampler(0)).ToArray();
        foreach (var id in generated)
        {
            Assert.Equal(Best(model, sequence), id);
            sequence.Add(id);
        }
    }

    [Fact]
    public void Behind_the_context_the_later_half_is_read_again()
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device);
        int[] prompt = TinyModels.RandomIds(6, Vocabulary);
        var generated = new Generator(model).Generate(prompt, 2, Sampler(0)).ToArray();
        Assert.Equal(Best(model, prompt), generated[0]);
        Assert.Equal(Best(model, [.. prompt[4..], generated[0]]), generated[1]); // 3 of the context of 6
    }

    [Fact]
    public void Of_a_prompt_longer_than_the_context_the_end_counts()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var prompt = TinyModels.RandomIds(20, Vocabulary);
        Assert.Equal(
            generator.Generate(prompt[^6..], 9, Sampler(0)).ToArray(),
            generator.Generate(prompt, 9, Sampler(0)).ToArray());
    }

    [Fact]
    public void The_stop_token_ends_the_sequence_and_is_not_returned()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var all = generator.Generate([1], 50, Sampler(1)).ToArray();
        var stop = all[10];
        var cut = generator.Generate([1], 50, Sampler(1), stop).ToArray();
        Assert.Equal(all.TakeWhile(id => id != stop), cut);
    }

    [Fact]
    public void A_generator_starts_anew_every_time()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var first = generator.Generate([1, 2], 20, Sampler(1)).ToArray();
        _ = generator.Generate([5], 3, Sampler(1)).First(); // left in the middle
        Assert.Equal(first, generator.Generate([1, 2], 20, Sampler(1)).ToArray());
    }

    [Fact]
    public void Text_begins_and_ends_with_the_token_for_documents()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var tokenizer = CharTokenizer.Train(["abcdef"], bos: true);
        var expected = generator.Generate([6, 0, 1], 30, Sampler(1), stop: 6).ToArray();
        Assert.Equal(tokenizer.Decode(expected), string.Concat(generator.GenerateText(tokenizer, "ab", 30, Sampler(1))));
    }

    [Fact]
    public void A_text_model_without_a_prompt_begins_behind_the_end_of_a_line()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var tokenizer = CharTokenizer.Train(["\tab\ncde"], bos: false); // the line's end is not its first character
        var expected = generator.Generate([1], 30, Sampler(1)).ToArray();
        Assert.Equal(tokenizer.Decode(expected), string.Concat(generator.GenerateText(tokenizer, "", 30, Sampler(1))));
    }

    [Fact]
    public void Where_there_is_no_line_it_begins_with_its_first_character()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        var tokenizer = CharTokenizer.Train(["abcdefg"], bos: false);
        var expected = generator.Generate([0], 30, Sampler(1)).ToArray();
        Assert.Equal(tokenizer.Decode(expected), string.Concat(generator.GenerateText(tokenizer, "", 30, Sampler(1))));
    }

    [Fact]
    public void Impossible_prompts_are_refused_at_once()
    {
        using var device = Device.Cpu(threads: 1);
        var generator = new Generator(Model(device));
        Assert.Throws<ArgumentException>(() => generator.Generate([], 5, Sampler(1)));
        Assert.Throws<ArgumentException>(() => generator.GenerateText(CharTokenizer.Train(["abcdef"], bos: true), "z", 5, Sampler(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([Vocabulary], 5, Sampler(1)).ToArray());
        Assert.Empty(generator.Generate([1], 0, Sampler(1)));
    }

    private static Gpt Model(Device device, string preset = "gpt2", int context = 6) =>
        TinyModels.Create(TinyModels.Config(preset, Vocabulary) with { ContextLength = context }, device);

    private static Sampler Sampler(double temperature) =>
        new(new SamplerOptions { Temperature = temperature }, new MersenneTwister(1));

    private static int Best(Gpt model, IReadOnlyList<int> sequence)
    {
        var tape = new Tape(model.Device, recording: false);
        var logits = model.Forward(tape, tape.Integers([.. sequence], new Shape(1, sequence.Count))).AsSpan<float>();
        var last = logits[^Vocabulary..].ToArray();
        return Array.IndexOf(last, last.Max());
    }
}
