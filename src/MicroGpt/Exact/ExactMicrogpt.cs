using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Exact;

/// <summary>
/// Andrej Karpathy's microgpt.py in double precision, equal to the last bit: on the same documents, all losses, samples,
/// gradients and parameters are those that CPython computes, where both use the same C library's exp, log and pow. A program of its
/// own beside the engine, for this one model (docs/decisions/0009-exact.md); not for several threads at once.
/// </summary>
public sealed class ExactMicrogpt
{
    private readonly int[][] _documents; // tokens between two BOS, in the order of training
    private readonly CharTokenizer _tokenizer;
    private readonly MersenneTwister _random;
    private readonly ExactPass _pass;
    private readonly TrainerOptions _options = Recipe.Microgpt.Options;
    private readonly int[] _sampled = new int[ExactPass.T];
    private readonly double[] _probabilities;

    /// <summary>The documents in a random order and random weights, as microgpt.py begins.</summary>
    /// <param name="corpus">A document a line.</param>
    /// <exception cref="ArgumentException">The corpus is one text.</exception>
    public ExactMicrogpt(Corpus corpus)
        : this(corpus, registerBits: null)
    {
    }

    /// <summary>The same with registers of 512, 256 or 128 bits.</summary>
    internal unsafe ExactMicrogpt(Corpus corpus, int? registerBits)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        if (corpus.Kind != CorpusKind.Lines)
            throw new ArgumentException("microgpt learns documents, one a line, not one text.", nameof(corpus));

        _random = new MersenneTwister(_options.Seed);
        var documents = corpus.Documents.ToList();
        _random.Shuffle(documents);
        _tokenizer = CharTokenizer.Train(documents, bos: true);
        var bos = _tokenizer.BosId!.Value;
        _documents = [.. documents.Select(document => (int[])[bos, .. _tokenizer.Encode(document), bos])];

        _pass = ExactPass.Create(VocabularySize, registerBits);
        _probabilities = new double[VocabularySize];
        for (var i = 0; i < _pass.ParameterCount; i++)
            _pass.Parameters[i] = _random.NextGaussian(0, GptPresets.Microgpt(1).InitialDeviation);
    }

    /// <summary>How many steps microgpt.py trains; the learning rate falls to 0 at their end.</summary>
    public int Steps => _options.Steps;

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>The number of documents.</summary>
    public int DocumentCount => _documents.Length;

    /// <summary>The number of tokens: the characters, and BOS.</summary>
    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>All parameters in microgpt.py's order, row by row.</summary>
    public unsafe ReadOnlySpan<double> Parameters => new(_pass.Parameters, _pass.ParameterCount);

    /// <summary>The gradients of the last step, likewise.</summary>
    public unsafe ReadOnlySpan<double> Gradients => new(_pass.Gradients, _pass.ParameterCount);

    /// <summary>One step of training, on the next document. Allocates nothing.</summary>
    /// <returns>The loss: the mean of −log p over the document's tokens, in nats.</returns>
    /// <exception cref="InvalidOperationException">All steps are done.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public double TrainStep()
    {
        if (Step == Steps)
            throw new InvalidOperationException($"All {Steps} steps are done.");
        var document = _documents[Step % _documents.Length];
        var count = Math.Min(ExactPass.T, document.Length - 1);
        _pass.Forward(document.AsSpan(0, count));
        var loss = _pass.Loss(document.AsSpan(1, count));
        if (!double.IsFinite(loss))
            throw new TrainingDivergedException(Step + 1);
        _pass.Backward();
        _pass.Update(Step + 1, _options.LearningRate * (1 - (double)Step / Steps), _options);
        Step++;
        return loss;
    }

    /// <summary>One sample at temperature 0.5, drawn as microgpt.py draws it behind its training.</summary>
    /// <returns>At most 16 characters.</returns>
    public string Sample()
    {
        var next = _sampled[0] = _tokenizer.BosId!.Value;
        var length = 0;
        while (length < ExactPass.T)
        {
            _sampled[length++] = next;
            _pass.Forward(_sampled.AsSpan(0, length)); // from the start each time: positions are lanes, and cost no more
            next = Draw(length - 1);
            if (next == _tokenizer.BosId)
                return _tokenizer.Decode(_sampled.Skip(1).Take(length - 1));
        }

        return _tokenizer.Decode([.. _sampled.Skip(1), next]);
    }

    private unsafe int Draw(int position)
    {
        const double Temperature = 0.5;
        var largest = double.NegativeInfinity;
        for (var i = 0; i < VocabularySize; i++)
        {
            _probabilities[i] = _pass.Logits[i * ExactPass.T + position] / Temperature;
            largest = Math.Max(largest, _probabilities[i]);
        }

        var total = 0.0;
        for (var i = 0; i < VocabularySize; i++)
            total += _probabilities[i] = Math.Exp(_probabilities[i] - largest);
        var inverse = Math.Pow(total, -1);
        for (var i = 0; i < VocabularySize; i++)
            _probabilities[i] *= inverse;
        return _random.NextIndex(_probabilities);
    }
}
