using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// A generative pretrained transformer: token ids in, a score for every possible next token out. Training, prefill and decoding
/// with a <see cref="KvCache"/> all run this one <see cref="Forward"/>.
/// </summary>
public sealed class Gpt : ILanguageModel
{
    private readonly ParameterFactory _parameters;
    private readonly Tensor _tokenEmbedding; // (V, C)
    private readonly PositionEmbedding? _positions;
    private readonly Head _head;
    private readonly Norm? _embeddingNorm;
    private readonly Smear? _smear;
    private readonly Func<Tape, Tensor, BlockContext, Tensor>[] _blocks;
    private readonly Tensor? _backOut; // (1)
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
        _tokenEmbedding = _parameters.Create(
            names.TokenEmbedding, new Shape(config.TableRows, config.Width), InitialWeights.Of(config).TokenEmbedding);
        _positions = rotary is null ? new PositionEmbedding(config, _parameters, device) : null;
        _head = new Head(config, _parameters, _tokenEmbedding);
        _embeddingNorm = config.NormAfterEmbedding ? new Norm(config, _parameters, names.EmbeddingNorm) : null;
        _smear = config.Smear ? new Smear(config, _parameters) : null;
        var scalars = config.LayerScalars ? new LayerScalars(config, _parameters) : null;
        _blocks =
        [
            .. Enumerable.Range(0, config.Layers).Select(
                layer => (Func<Tape, Tensor, BlockContext, Tensor>)new Block(config, _parameters, layer, rotary, scalars).Forward),
        ];
        _backOut = config.BackOut ? _parameters.Create(ParameterNames.BackOutScalar, new Shape(1), InitialValue.Even(0.2, 0.2)) : null;
        _finalNorm = config.FinalNorm ? new Norm(config, _parameters, names.FinalNorm) : null;
        Parameters = [.. _parameters.Made.Select(made => made.Parameter)];
    }

    /// <summary>What kind of GPT it is.</summary>
    public GptConfig Config { get; }

    ModelConfig ILanguageModel.Config => Config;

    /// <summary>Where its parameters live.</summary>
    public Device Device { get; }

    /// <summary>All parameters, each once, in the order in which they are initialized and stored.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The number of numbers to learn.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Shape.Count);

    /// <summary>
    /// What is added to the model's linear maps, or null for nothing: set to switch. The model's own parameters stay as they are.
    /// </summary>
    /// <exception cref="ArgumentException">The adapter was made for another model.</exception>
    public LoraAdapter? Adapter
    {
        get;
        set
        {
            if (value is not null && value.Model != this)
                throw new ArgumentException("This adapter was made for another model; adapters fit the model they were made for.", nameof(value));
            field?.Detach();
            value?.Attach();
            field = value;
        }
    }

    /// <summary>The linear maps within the layers, which adapters can be put on.</summary>
    internal IReadOnlyList<LinearLayer> LinearLayers => _parameters.LinearLayers;

    /// <summary>Draws initial weights, as the configuration's initialization says.</summary>
    public void Initialize(MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (var (parameter, initial) in _parameters.Made)
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = initial.Draw(random, i, parameter.Shape.Count);
    }

    /// <summary>An empty cache for generating.</summary>
    /// <param name="rows">Sequences generated side by side, B.</param>
    public KvCache CreateCache(int rows = 1) => new(Config, Device, rows);

    IModelState ILanguageModel.CreateState(int rows) => CreateCache(rows);

    Tensor ILanguageModel.Forward(Tape tape, Tensor ids, IModelState? state) => Forward(
        tape, ids, state is null or KvCache ? (KvCache?)state : throw new ArgumentException("The state is another model's.", nameof(state)));

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

        Check.Indices(ids, Config.VocabularySize);
        var x = tape.Embedding(_tokenEmbedding, ids); // (B, T, C)
        x = _positions?.Forward(tape, x, past) ?? x;
        x = _embeddingNorm?.Forward(tape, x) ?? x;
        x = _smear?.Forward(tape, x, cache) ?? x;

        var context = new BlockContext(ids, FirstInput: x, cache);
        Tensor? middle = null;
        for (var layer = 0; layer < _blocks.Length; layer++)
        {
            x = cache is null ? tape.Recompute(x, context, _blocks[layer]) : _blocks[layer](tape, x, context);
            middle = layer == _blocks.Length / 2 ? x : middle;
        }

        if (_backOut is not null)
            x = tape.WeightedSum(x, new Coefficient(1), middle!, new Coefficient(-1, _backOut));
        x = _finalNorm?.Forward(tape, x) ?? x;
        cache?.Advance(ids.Shape.Last);
        return _head.Forward(tape, x); // (B, T, V)
    }
}
