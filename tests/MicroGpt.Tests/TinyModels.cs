using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests;

/// <summary>Models, data and runs small enough for thousands of tests.</summary>
internal static class TinyModels
{
    /// <summary>
    /// A model of a preset's kind, four to five hundred numbers. One of nanochat's kind has more: its gates read at least 24 numbers, and it
    /// has three layers, of which two have a short window.
    /// </summary>
    public static GptConfig Config(string preset = "gpt2", int vocabulary = 7) => GptPresets.Create(preset, vocabulary) with
    {
        ContextLength = 6,
        Layers = preset == "nanochat" ? 3 : 1,
        Heads = 2,
        Width = preset == "nanochat" ? 24 : 4,
        MlpWidth = 8,
        ShortWindow = preset == "nanochat" ? 2 : null,
    };

    /// <summary>A model of a preset's kind, of the GPTs or the others, a few hundred numbers.</summary>
    public static ModelConfig OfPreset(string preset, int vocabulary = 7) => ModelPresets.Create(preset, vocabulary) switch
    {
        GptConfig => Config(preset, vocabulary),
        RecurrentConfig recurrent => recurrent with { ContextLength = 6, Width = 5 },
        NeuralNgramConfig neural => neural with { ContextLength = 6, Tokens = 3, EmbeddingWidth = 4, Width = 5 },
        var other => other with { ContextLength = 6 },
    };

    /// <summary>A model with weights drawn from a seed, by default larger than usual so that every path matters.</summary>
    public static Gpt Create(GptConfig config, Device device, double deviation = 0.3)
    {
        var model = new Gpt(config with { InitialDeviation = deviation, Initialization = InitializationKind.Gaussian }, device);
        model.Initialize(new MersenneTwister(1));
        foreach (var scalar in model.Parameters.Where(parameter => parameter.Name == "smear_lambda"))
            scalar[0] = 0.5; // at its initial 0, the smear would not matter
        return model;
    }

    public static TrainerOptions Options { get; } = new()
    {
        Steps = 12,
        BatchSize = 3,
        WarmupSteps = 2,
        LearningRate = 0.01,
        EvaluationInterval = 4,
        SaveInterval = 5,
        ValidationFraction = 0.2,
    };

    public const string Text = "the quick brown fox jumps over the lazy dog and the dog sleeps on while the fox runs away\n";

    public const string Lines = "anna\nberta\nclara\ndora\nemma\nfrieda\ngerda\nhanna\nida\njohanna\nklara\n";

    /// <summary>Writes the data of a kind into a folder.</summary>
    public static string WriteData(TemporaryFolder folder, CorpusKind kind)
    {
        var path = folder.File($"{kind}.txt");
        File.WriteAllText(path, kind == CorpusKind.Text ? Text : Lines);
        return path;
    }

    /// <summary>A run on data in a file.</summary>
    public static Trainer Start(string data, CorpusKind kind, Device device, TrainerOptions? options = null) =>
        Trainer.Start(Corpus.Load(data, kind), Config(), options ?? Options, device);

    /// <summary>Ids without pattern.</summary>
    public static int[] RandomIds(int count, int vocabulary, ulong seed = 1)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(vocabulary))];
    }
}
