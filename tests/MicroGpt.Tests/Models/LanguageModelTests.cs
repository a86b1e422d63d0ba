using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Training;
using MicroGpt.Training;

namespace MicroGpt.Tests.Models;

/// <summary>The models besides GPTs: through the same trainer, checkpoints and generator.</summary>
public sealed class LanguageModelTests
{
    private static readonly TrainerOptions s_options = TinyModels.Options with { BatchSize = 2, AccumulationSteps = 2, Steps = 12 };

    public static TheoryData<string> Presets { get; } = [.. ModelPresets.Names.Except(GptPresets.Names)];

    [Theory, MemberData(nameof(Presets))]
    public void A_run_that_was_resumed_equals_one_that_was_not(string preset)
    {
        foreach (var kind in Enum.GetValues<CorpusKind>())
        {
            using var folder = new TemporaryFolder();
            using var one = Device.Cpu(threads: 1);
            using var three = Device.Cpu(threads: 3);
            using var observer = new Observer();
            var corpus = Corpus.Load(TinyModels.WriteData(folder, kind), kind);
            var whole = Trainer.Start(corpus, TinyModels.OfPreset(preset), s_options, one);
            Assert.True(observer.Watch(whole));

            var first = Trainer.Start(corpus, TinyModels.OfPreset(preset), s_options, three);
            for (var step = 0; step < 5; step++)
                first.TrainStep();
            first.Save(folder.File("run"));
            var resumed = Trainer.Resume(folder.File("run"), three);
            while (resumed.Step < s_options.Steps)
                resumed.TrainStep();
            foreach (var (expected, actual) in whole.Model.Parameters.Zip(resumed.Model.Parameters))
                Assert.Equal(expected.AsSpan<float>(), actual.AsSpan<float>());
        }
    }

    [Theory, MemberData(nameof(Presets))]
    public void Reading_at_once_or_token_by_token_gives_the_same_scores(string preset)
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var model = TinyModels.OfPreset(preset).Create(device);
        model.Initialize(new MersenneTwister(3));
        var tape = new Tape(device, recording: false);
        var ids = TinyModels.RandomIds(9, 7);
        var whole = model.Forward(tape, tape.Integers(ids, new Shape(1, 9)));
        var state = model.CreateState();
        for (var t = 0; t < 9; t++)
        {
            var logits = model.Forward(tape, tape.Integers([ids[t]], new Shape(1, 1)), state);
            for (var i = 0; i < 7; i++)
                Assert.Equal(whole[t * 7 + i], logits[i], 1e-12);
        }

        Assert.Equal(9, state.Length);
        state.Clear();
        Assert.Equal(whole[0], model.Forward(tape, tape.Integers([ids[0]], new Shape(1, 1)), state)[0], 1e-12);
    }

    [Theory, MemberData(nameof(Presets))]
    public void Sampling_goes_on_beyond_any_context_and_is_repeatable(string preset)
    {
        using var device = Device.Cpu(threads: 2);
        var model = TinyModels.OfPreset(preset).Create(device);
        model.Initialize(new MersenneTwister(3));
        var generator = new Generator(model);
        foreach (var temperature in (double[])[0, 1])
        {
            var sampler = () => new Sampler(new SamplerOptions { Temperature = temperature }, new MersenneTwister(1));
            var tokens = generator.Generate([1], 30, sampler()).ToArray();
            Assert.Equal(30, tokens.Length);
            Assert.Equal(tokens, generator.Generate([1], 30, sampler()));
        }
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        using var device = Device.Cpu(threads: 1);
        var gpt = TinyModels.Create(TinyModels.Config(), device);
        var tape = new Tape(device, recording: false);
        foreach (var preset in Presets)
            Assert.Throws<ArgumentException>(() => TinyModels.OfPreset(preset).Create(device).Forward(tape, tape.Integers([1], new Shape(1, 1)), gpt.CreateCache()));
    }

    [Fact]
    public void A_trained_bigram_comes_near_to_a_counted_one()
    {
        using var device = Device.Cpu(threads: 1);
        var corpus = Corpus.FromText("text", string.Concat(Enumerable.Repeat(TinyModels.Text, 20)), CorpusKind.Text);
        var options = new TrainerOptions { Steps = 400, BatchSize = 8, LearningRate = 0.3, WarmupSteps = 10, WeightDecay = 0, ValidationFraction = 0.1 };
        var trainer = Trainer.Start(corpus, TinyModels.OfPreset("bigram"), options, device);
        for (var step = 0; step < options.Steps; step++)
            trainer.TrainStep();
        var trained = trainer.Validate()!.Value.Loss;
        ((Bigram)trainer.Model).Count(trainer.Tokenizer.Encode(corpus.Documents[0]), smoothing: 1e-6);
        var counted = trainer.Validate()!.Value.Loss;
        Assert.InRange(trained, counted - 0.01, counted + 0.03);
        Assert.InRange(counted, 0.3, 1.5);
    }
}
