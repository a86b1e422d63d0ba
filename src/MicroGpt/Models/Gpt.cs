using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// A generative pretrained transformer: token ids in, a score for every possible next token out. Training, prefill and decoding
/// with a <see cref="KvCache"/> all run this one <see cref="Forward"/>.
/// </summary>
public sealed class Gpt
{
    private readonly ParameterFactory _parameters;
    private readonly Tensor _tokenEmbedding;     // (V, C)
    private readonly Tensor? _positionEmbedding; // (T, C), where positions are learned
    private readonly Tensor _head;               // (V, C)
    private readonly Norm? _embeddingNorm;
    private readonly Block[] _blocks;
    private readonly Func<Tape, Tensor, Tensor>[] _blocksWithoutCache;
    private readonly Norm? _finalNorm;

    /// <summary>A model whose weights are all zero: call <see cref="Initialize"/>, or load a checkpoint.</summary>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public Gpt(GptConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        Config = config.Validate();
        Device = device;
        device.CheckRoom(config.MatrixElements * device.DType.SizeInBytes());

        _parameters = new ParameterFactory(device);
        var names = ParameterNames.Of(config);
        var rotary = config.Positions == PositionKind.Rotary ? new RotaryEmbedding(config, device) : null;
        var (V, T, C) = (config.VocabularySize, config.ContextLength, config.Width);
        _tokenEmbedding = _parameters.Create(names.TokenEmbedding, new Shape(V, C), InitialValue.Gaussian);
        _positionEmbedding = rotary is null
            ? _parameters.Create(ParameterNames.PositionEmbedding, new Shape(T, C), InitialValue.Gaussian)
            : null;
        _head = config.TiedHead
            ? _tokenEmbedding
            : _parameters.Create(ParameterNames.Head, new Shape(V, C), InitialValue.Gaussian);
        _embeddingNorm = config.NormAfterEmbedding ? new Norm(config, _parameters, names.EmbeddingNorm) : null;
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new Block(config, _parameters, layer, rotary))];
        _blocksWithoutCache = [.. _blocks.Select(block => (Func<Tape, Tensor, Tensor>)((tape, x) => block.Forward(tape, x, cache: null)))];
        _finalNorm = config.FinalNorm ? new Norm(config, _parameters, names.FinalNorm) : null;
        Parameters = [.. _parameters.Made.Select(made => made.Parameter)];
    }

    /// <summary>What kind of GPT it is.</summary>
    public GptConfig Config { get; }

    /// <summary>Where its parameters live.</summary>
    public Device Device { get; }

    /// <summary>All parameters, each once, in the order in which they are initialized and stored.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The number of numbers to learn.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Shape.Count);

    /// <summary>Draws initial weights: Gaussian matrices, ones for norms, zeros for biases.</summary>
    public void Initialize(MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var residual = Config.ScaledResidualInitialization ? 1 / Math.Sqrt(2.0 * Config.Layers) : 1;
        foreach (var (parameter, initial) in _parameters.Made)
        {
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = initial switch
                {
                    InitialValue.Zero => 0,
                    InitialValue.One => 1,
                    InitialValue.Gaussian => random.NextGaussian(0, Config.InitialDeviation),
                    _ => random.NextGaussian(0, Config.InitialDeviation * residual),
                };
        }
    }

    /// <summary>An empty cache for generating.</summary>
    /// <param name="rows">Sequences generated side by side, B.</param>
    public KvCache CreateCache(int rows = 1) => new(Config, Device, rows);

    /// <summary>The model itself: scores for the token after each position.</summary>
    /// <param name="tape">Where operations are recorded and activations live; on the model's device.</param>
    /// <param name="ids">Token ids, (B, T).</param>
    /// <param name="cache">Earlier positions, which the new ones are appended to; null for none. Not while recording.</param>
    /// <returns>Logits, (B, T, V).</returns>
    /// <exception cref="ArgumentException">There are more positions than the context holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public Tensor Forward(Tape tape, Tensor ids, KvCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(ids);
        var past = cache?.Length ?? 0;
        if (past + ids.Shape.Last > Config.ContextLength)
            throw new ArgumentException(
                $"{past + ids.Shape.Last} positions are more than the model's context of {Config.ContextLength}.", nameof(ids));

        var x = tape.Embedding(_tokenEmbedding, ids); // (B, T, C)
        if (_positionEmbedding is not null)
            x = tape.Add(x, tape.Embedding(_positionEmbedding, tape.Range(past, ids.Shape)));
        if (_embeddingNorm is not null)
            x = _embeddingNorm.Forward(tape, x);
        for (var layer = 0; layer < _blocks.Length; layer++)
            x = cache is null ? tape.Recompute(x, _blocksWithoutCache[layer]) : _blocks[layer].Forward(tape, x, cache);
        if (_finalNorm is not null)
            x = _finalNorm.Forward(tape, x);
        cache?.Advance(ids.Shape.Last);
        return tape.Linear(x, _head); // (B, T, V)
    }
}
