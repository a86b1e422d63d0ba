using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The configurations that have a name: those of <see cref="GptPresets"/>, recurrent models, and baselines to compare them with.</summary>
public static class ModelPresets
{
    private const int Window = 64; // positions of a training sequence

    /// <summary>The presets' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. GptPresets.Names, "rnn", "gru", "lstm", "bigram", "mlp"];

    /// <summary>The preset of that name, for a vocabulary.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static ModelConfig Create(string name, int vocabularySize) => name switch
    {
        "rnn" => Recurrent(name, RecurrentCell.Rnn, vocabularySize),
        "gru" => Recurrent(name, RecurrentCell.Gru, vocabularySize),
        "lstm" => Recurrent(name, RecurrentCell.Lstm, vocabularySize),
        "bigram" => new BigramConfig { Preset = name, VocabularySize = vocabularySize, ContextLength = Window },
        "mlp" => new NeuralNgramConfig { Preset = name, VocabularySize = vocabularySize, ContextLength = Window },
        _ when GptPresets.Names.Contains(name) => GptPresets.Create(name, vocabularySize),
        _ => throw new ArgumentException($"There is no preset \"{name}\"; there are {string.Join(", ", Names)}."),
    };

    /// <summary>char-rnn's size (Karpathy 2015): 2 layers, 128 wide.</summary>
    private static RecurrentConfig Recurrent(string name, RecurrentCell cell, int vocabularySize) =>
        new() { Preset = name, Cell = cell, VocabularySize = vocabularySize, ContextLength = Window };
}
