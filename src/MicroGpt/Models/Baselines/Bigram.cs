using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// The simplest language model (as in Karpathy's makemore): a table with a score for every pair of a token and the next. Its
/// best possible table can be counted, so training can be checked against it.
/// </summary>
public sealed class Bigram : ILanguageModel
{
    private readonly Tensor _table; // (V, V)

    /// <summary>A model for which everything is equally likely.</summary>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public Bigram(BigramConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        (Config, Device) = (config.Validate(), device);
        device.CheckRoom(config.MatrixElements * device.DType.SizeInBytes());
        _table = Tensor.Parameter(device, "table.weight", new Shape(config.VocabularySize, config.VocabularySize));
        Parameters = [_table];
    }

    /// <summary>What kind of model it is.</summary>
    public BigramConfig Config { get; }

    ModelConfig ILanguageModel.Config => Config;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>Everything is equally likely at first: there is nothing to draw.</summary>
    public void Initialize(MersenneTwister random) => _table.Bytes.Clear();

    /// <summary>Sets the table to what was counted, without training: the logarithm of how often each pair occurs.</summary>
    /// <param name="tokens">A text.</param>
    /// <param name="smoothing">Added to every count, so that no pair is impossible; more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary, or the smoothing is not more than 0.</exception>
    public void Count(ReadOnlySpan<int> tokens, double smoothing = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smoothing);
        var V = Config.VocabularySize;
        foreach (var token in tokens)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)V, nameof(tokens));
        var counts = new long[_table.Shape.Count];
        for (var i = 1; i < tokens.Length; i++)
            counts[tokens[i - 1] * V + tokens[i]]++;
        for (var pair = 0; pair < counts.Length; pair++)
            _table[pair] = Math.Log(counts[pair] + smoothing);
    }

    /// <inheritdoc/>
    public IModelState CreateState(int rows = 1) => new TokenHistory(rows, tokens: 0);

    /// <inheritdoc/>
    public Tensor Forward(Tape tape, Tensor ids, IModelState? state = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(ids);
        TokenHistory.Of(state)?.Advance(ids.Shape.Last);
        return tape.Embedding(_table, ids); // (B, T, V)
    }
}
