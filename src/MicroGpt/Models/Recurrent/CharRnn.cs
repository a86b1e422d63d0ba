using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// The character-level recurrent model (Karpathy 2015, char-rnn): an embedding, recurrent layers, a head. What it has read is one
/// vector a layer, however long the text. Parameters have PyTorch's names, those of an <c>nn.RNN</c>, <c>nn.GRU</c> or <c>nn.LSTM</c>
/// named <c>rnn</c>.
/// </summary>
public sealed class CharRnn : ILanguageModel
{
    private readonly Tensor _embedding; // (V, C)
    private readonly Layer[] _layers;
    private readonly Tensor _head;      // (V, C)
    private readonly Tensor _headBias;  // (V)

    /// <summary>A model whose weights are all zero: call <see cref="Initialize"/>, or load a checkpoint.</summary>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has less memory than the model takes.</exception>
    public CharRnn(RecurrentConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        Config = config.Validate();
        Device = device;
        device.CheckRoom(config.MatrixElements * device.DType.SizeInBytes());

        var (V, C) = (config.VocabularySize, config.Width);
        _embedding = Tensor.Parameter(device, "embedding.weight", new Shape(V, C));
        _layers = [.. Enumerable.Range(0, config.Layers).Select(layer => new Layer(config, device, layer))];
        _head = Tensor.Parameter(device, "head.weight", new Shape(V, C));
        _headBias = Tensor.Parameter(device, "head.bias", new Shape(V));
        Parameters = [_embedding, .. _layers.SelectMany(layer => layer.Parameters), _head, _headBias];
    }

    /// <summary>What kind of model it is.</summary>
    public RecurrentConfig Config { get; }

    ModelConfig ILanguageModel.Config => Config;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>
    /// Draws initial weights: evenly from ±1/√C as PyTorch does, a standard Gaussian for the embedding. An LSTM's forget gate starts
    /// out open, with a bias of 1 (Jozefowicz et al. 2015).
    /// </summary>
    public void Initialize(MersenneTwister random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var most = 1 / Math.Sqrt(Config.Width);
        foreach (var parameter in Parameters)
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = parameter == _embedding ? random.NextGaussian(0, 1) : most * (2 * random.NextDouble() - 1);
        foreach (var layer in _layers)
            layer.OpenForgetGate();
    }

    /// <inheritdoc/>
    public IModelState CreateState(int rows = 1) => new RecurrentState(Config, Device, rows);

    /// <inheritdoc/>
    public Tensor Forward(Tape tape, Tensor ids, IModelState? state = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(ids);
        var remembered = state as RecurrentState;
        if (remembered is null != state is null || (remembered is not null && remembered.Tensors.Count != _layers.Length))
            throw new ArgumentException("The state is another model's.", nameof(state));
        var x = tape.Embedding(_embedding, ids); // (B, T, C)
        for (var layer = 0; layer < _layers.Length; layer++)
            x = _layers[layer].Forward(tape, x, remembered?.Tensors[layer]);
        remembered?.Advance(ids.Shape.Last);
        return tape.Linear(x, _head, _headBias); // (B, T, V)
    }

    private sealed class Layer(RecurrentConfig config, Device device, int layer)
    {
        private readonly Tensor _inputWeight = Create("weight_ih", config, device, layer, isMatrix: true);       // (G·C, C)
        private readonly Tensor _recurrentWeight = Create("weight_hh", config, device, layer, isMatrix: true);   // (G·C, C)
        private readonly Tensor _inputBias = Create("bias_ih", config, device, layer, isMatrix: false);          // (G·C)
        private readonly Tensor _recurrentBias = Create("bias_hh", config, device, layer, isMatrix: false);      // (G·C)

        public IEnumerable<Tensor> Parameters => [_inputWeight, _recurrentWeight, _inputBias, _recurrentBias];

        /// <summary>The inputs' part of the gates is one product over all positions; only the rest goes from one to the next.</summary>
        public Tensor Forward(Tape tape, Tensor x, Tensor? state) => // (B, T, C) → (B, T, C)
            tape.Recurrent(config.Cell, tape.Linear(x, _inputWeight, _inputBias), _recurrentWeight, _recurrentBias, state);

        public void OpenForgetGate()
        {
            if (config.Cell != RecurrentCell.Lstm)
                return;
            for (var i = config.Width; i < 2 * config.Width; i++)
                (_inputBias[i], _recurrentBias[i]) = (1, 0);
        }

        private static Tensor Create(string name, RecurrentConfig config, Device device, int layer, bool isMatrix)
        {
            var rows = config.Cell.Gates() * config.Width;
            return Tensor.Parameter(device, $"rnn.{name}_l{layer}", isMatrix ? new Shape(rows, config.Width) : new Shape(rows));
        }
    }
}
