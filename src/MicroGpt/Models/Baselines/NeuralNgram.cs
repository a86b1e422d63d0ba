using System.Buffers;
using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// The first neural language model (Bengio et al. 2003): the vectors of the last n tokens, one beside another, go through one hidden
/// layer. The matrix over all of them is kept as n matrices, one a place, whose products are added up.
/// </summary>
public sealed class NeuralNgram : ILanguageModel
{
    private readonly Tensor _embedding;  // (V + 1, E): the last row stands for what is before the text
    private readonly Tensor[] _hidden;   // n of (C, E), that of the last token first
    private readonly Tensor _hiddenBias; // (C)
    private readonly Tensor _head;       // (V, C)
    private readonly Tensor _headBias;   // (V)

    /// <summary>A model whose weights are all zero: call <see cref="Initialize"/>, or load a checkpoint.</summary>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public NeuralNgram(NeuralNgramConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        (Config, Device) = (config.Validate(), device);
        device.CheckRoom(config.MatrixElements * device.DType.SizeInBytes());
        var (V, E, C) = (config.VocabularySize, config.EmbeddingWidth, config.Width);
        _embedding = Tensor.Parameter(device, "embedding.weight", new Shape(V + 1, E));
        _hidden = [.. Enumerable.Range(0, config.Tokens).Select(back => Tensor.Parameter(device, $"hidden.{back}.weight", new Shape(C, E)))];
        _hiddenBias = Tensor.Parameter(device, "hidden.bias", new Shape(C));
        _head = Tensor.Parameter(device, "head.weight", new Shape(V, C));
        _headBias = Tensor.Parameter(device, "head.bias", new Shape(V));
        Parameters = [_embedding, .. _hidden, _hiddenBias, _head, _headBias];
    }

    /// <summary>What kind of model it is.</summary>
    public NeuralNgramConfig Config { get; }

    ModelConfig ILanguageModel.Config => Config;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>Draws initial weights: Gaussian, such that hidden numbers begin near 1; the head near 0; biases zero.</summary>
    public void Initialize(MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (var parameter in Parameters)
        {
            var deviation = parameter == _embedding ? 1
                : parameter.Shape.Rank == 1 ? 0
                : parameter == _head ? 0.02
                : 1 / Math.Sqrt((double)Config.Tokens * Config.EmbeddingWidth);
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = deviation == 0 ? 0 : random.NextGaussian(0, deviation);
        }
    }

    /// <inheritdoc/>
    public IModelState CreateState(int rows = 1) => new TokenHistory(rows, Config.Tokens - 1);

    /// <inheritdoc/>
    public Tensor Forward(Tape tape, Tensor ids, IModelState? state = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(ids);
        var history = TokenHistory.Of(state);
        Tensor? x = null;
        for (var back = 0; back < _hidden.Length; back++)
            x = tape.Linear(tape.Embedding(_embedding, Shifted(tape, ids, back, history)), _hidden[back], x is null ? _hiddenBias : null, residual: x);
        history?.Add(ids.AsSpan<int>(), ids.Shape.Last);
        return tape.Linear(tape.Tanh(x!), _head, _headBias); // (B, T, V)
    }

    /// <summary>For every position the token so many before it.</summary>
    private Tensor Shifted(Tape tape, Tensor ids, int back, TokenHistory? history)
    {
        if (back == 0)
            return ids;
        var T = ids.Shape.Last;
        var from = ids.AsSpan<int>();
        var shifted = ArrayPool<int>.Shared.Rent(from.Length);
        for (var i = 0; i < from.Length; i++)
        {
            var (row, t) = (i / T, i % T);
            var token = t >= back ? from[i - back] : history?.Before(row, back - t) ?? TokenHistory.Nothing;
            shifted[i] = token == TokenHistory.Nothing ? Config.VocabularySize : token;
        }

        var result = tape.Integers(shifted.AsSpan(0, from.Length), ids.Shape);
        ArrayPool<int>.Shared.Return(shifted);
        return result;
    }
}
