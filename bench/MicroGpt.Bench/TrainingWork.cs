using System.Text;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Bench;

/// <summary>A model and a batch that training is measured on.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Model">The model, with its vocabulary.</param>
/// <param name="Options">The batch and the optimizer.</param>
/// <param name="DataKind">How it reads data.</param>
internal sealed record TrainingWork(string Name, string Description, GptConfig Model, TrainerOptions Options, CorpusKind DataKind)
{
    private static readonly TrainerOptions s_options = new() { Steps = int.MaxValue, ValidationFraction = 0 };
    private static readonly GptConfig s_char = (GptConfig)(Recipe.ShakespeareChar.Model with { VocabularySize = 65 });

    public static IReadOnlyList<TrainingWork> All { get; } =
    [
        new("char", "nanoGPT's run for a CPU: 4 layers, 128 wide, 12 × 64 tokens", s_char, s_options, CorpusKind.Text),
        new("char384", "6 layers, 384 wide, 16 × 256 tokens",
            s_char with { Layers = 6, Heads = 6, Width = 384, ContextLength = 256 }, s_options with { BatchSize = 16 }, CorpusKind.Text),
        new("gpt2", "GPT-2's smallest, 124M, 4 × 64 tokens",
            GptPresets.Gpt2(50257) with { ContextLength = 64 }, s_options with { BatchSize = 4 }, CorpusKind.Text),
        new("microgpt", "microgpt.py's model, one name a step", GptPresets.Microgpt(27), Recipe.Microgpt.Options, CorpusKind.Lines),
    ];

    public static TrainingWork Find(string name) =>
        All.FirstOrDefault(work => work.Name == name)
        ?? throw new ArgumentException($"There is no configuration \"{name}\"; there are {string.Join(", ", All.Select(work => work.Name))}.");

    /// <summary>Tokens a step, B·T; documents do not fill it.</summary>
    public int Tokens => Options.BatchSize * Model.ContextLength;

    /// <summary>Multiplications and additions that a step can't do without.</summary>
    public double Flops
    {
        get
        {
            using var device = Device.Cpu(threads: 1);
            var model = new Gpt(Model, device);
            return Tokens * ModelFlops.PerPosition(model, model.Parameters)!.Value;
        }
    }

    /// <summary>What a run learns from: a file, the names that are built in, or random letters.</summary>
    /// <exception cref="ArgumentException">The file has another number of characters than the model.</exception>
    public Corpus LoadCorpus(string? file)
    {
        var corpus = file is not null ? Corpus.Load(file, DataKind)
            : DataKind == CorpusKind.Lines ? Corpus.Load(EmbeddedData.Names, DataKind)
            : Corpus.FromText("random letters", RandomLetters(), DataKind);
        var characters = corpus.Documents.SelectMany(document => document.EnumerateRunes()).Distinct().Count();
        var expected = Model.VocabularySize - (DataKind == CorpusKind.Lines ? 1 : 0); // documents' start takes an id
        return characters == expected
            ? corpus
            : throw new ArgumentException($"{corpus.Name} has {characters:N0} different characters; the work \"{Name}\" is for {expected:N0}.");
    }

    /// <summary>Every letter of the vocabulary once and 100,000 more: the time of a step does not depend on what is learned.</summary>
    private string RandomLetters()
    {
        var random = new MersenneTwister(1);
        var letters = Enumerable.Range(0, Model.VocabularySize)
            .Concat(Enumerable.Range(0, 100_000).Select(_ => random.NextInt32(Model.VocabularySize)))
            .ToList();
        random.Shuffle(letters);
        var text = new StringBuilder(2 * letters.Count);
        foreach (var letter in letters)
            text.Append(new Rune(0x10000 + letter)); // from there on, every number is a code point
        return text.ToString();
    }
}
