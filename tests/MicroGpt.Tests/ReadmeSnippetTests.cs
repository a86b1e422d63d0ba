using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests;

/// <summary>The README's C# is what stands here between the two marks, and it works.</summary>
public sealed class ReadmeSnippetTests
{
    [Fact]
    public void The_snippet_trains_saves_and_generates()
    {
        // the README's snippet begins
        var corpus = Corpus.Load("names", CorpusKind.Lines); // or the path of your own file
        var config = GptPresets.Gpt2(1) with { Layers = 2, Heads = 4, Width = 32, ContextLength = 13 };
        var options = new TrainerOptions { Steps = 200, BatchSize = 16, LearningRate = 3e-3 };

        var trainer = Trainer.Start(corpus, config, options, Device.Default);
        for (var step = 1; step <= options.Steps; step++)
        {
            var loss = trainer.TrainStep().TrainLoss;
            if (step % 50 == 0)
                Console.WriteLine($"step {step}: loss {loss:F3}");
        }

        trainer.Save("my-names");

        var sampler = new Sampler(new SamplerOptions { Temperature = 0.8 }, new MersenneTwister(1));
        foreach (var piece in new Generator(trainer.Model).GenerateText(trainer.Tokenizer, "an", 12, sampler))
            Console.Write(piece);
        // the README's snippet ends

        Assert.InRange(trainer.Log.Records[^1].TrainLoss, 1.5, 2.7);
        Assert.Equal(200, ModelCheckpoint.Load("my-names", Device.Default).Step);
        Directory.Delete("my-names", recursive: true);
    }

    [Fact]
    public void The_snippet_is_the_READMEs() => Snippet.AssertShown("README.md", "ReadmeSnippetTests.cs");
}
