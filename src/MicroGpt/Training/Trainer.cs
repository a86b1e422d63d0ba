using System.Diagnostics;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>
/// A training run: a model, its data, its optimizer and how far it has come. The same seed gives the same run to the last bit
/// on one kind of processor, whatever the number of threads and however often it was stopped and resumed.
/// </summary>
public sealed class Trainer
{
    private readonly TokenizedCorpus _tokens;
    private readonly Learner _learner;
    private readonly Optimizer _optimizer;
    private readonly MersenneTwister _random;
    private readonly TrainingData _data;
    private readonly Tape _tape;
    private readonly Batch _batch = new();
    private NumericsCheck? _check;
    private readonly CarriedStates? _states; // where batches go on where those before ended
    private Batch[]? _validation;
    private int _savedStep = -1;
    private string? _savedIn; // the folder whose description is that of this run

    /// <param name="data">What to learn from.</param>
    /// <param name="config">The model.</param>
    /// <param name="learner">What is there to be changed, or null for a new model.</param>
    /// <param name="options">How.</param>
    /// <param name="device">Where.</param>
    private Trainer(TrainingData data, ModelConfig config, Learner? learner, TrainerOptions options, Device device)
    {
        Options = options.Validate();
        _data = data;
        Tokenizer = data.Tokenizer;
        // Used in this order, as microgpt.py does: the documents' order, the weights, then whatever training draws.
        _random = new MersenneTwister(options.Seed);
        _tokens = data.Tokenize(Options, _random);
        if (learner is null)
            config = config with { VocabularySize = Tokenizer.VocabularySize };
        CheckContext(config);
        CheckBatch(config);
        Memory = TrainingMemory.Predict(config, options, device, learner?.Lora);
        TrainingMemory.CheckFits(Memory, config, options, device, learner);
        _learner = learner ?? Learner.Create(config, device, lora: null);
        Batches = _tokens.Batches((int)options.SequencesPerStep, config.ContextLength, _random, inStreams: config.CarriesState);
        _states = Batches is StreamBatches ? new CarriedStates(Model, (int)options.SequencesPerStep, options.BatchSize) : null;
        _optimizer = _learner.CreateOptimizer(options);
        _tape = new Tape(device) { Recomputes = options.Recompute };
    }

    /// <summary>The model in training.</summary>
    public ILanguageModel Model => _learner.Model;

    /// <summary>The number of numbers that are changed: the model's, or an adapter's.</summary>
    public long LearnedParameterCount => _learner.Parameters.Sum(parameter => (long)parameter.Shape.Count);

    /// <summary>
    /// Its tokenizer. Where the model learns from one endless text, <see cref="ITokenizer.BosId"/> and <see cref="ITokenizer.EosId"/> are null: it
    /// never meets such a token.
    /// </summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>How it is trained.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>What the last step took.</summary>
    public StepCost LastStep { get; private set; }

    /// <summary>The operations that a position of a step can't do without, or null where that is not known (<see cref="ModelFlops"/>).</summary>
    public double? FlopsPerPosition => ModelFlops.PerPosition(Model, _learner.Parameters);

    /// <summary>What the run learns from: where it is, or the name of embedded data.</summary>
    public string Data => _data.Place;

    /// <summary>The losses so far.</summary>
    public LossLog Log { get; private set; } = new();

    /// <summary>The data in tokens.</summary>
    public TokenizedCorpus Tokens => _tokens;

    /// <summary>What gives the batches of the run.</summary>
    public IBatchSource Batches { get; }

    /// <summary>What the run takes, as it was predicted before the first step.</summary>
    public TrainingMemory Memory { get; }

    /// <summary>The most memory that a step's activations and their gradients have taken, in bytes.</summary>
    public long ActivationBytes => _tape.PeakBytes;

    /// <summary>The step of the last checkpoint, or null where there is none yet.</summary>
    public int? SavedStep => _savedStep < 0 ? null : _savedStep;

    /// <summary>
    /// Whether every number is looked at as soon as it is computed, so that a run which diverges says where: the operation, the
    /// layer, forward or backward. It takes more time and changes nothing else.
    /// </summary>
    public bool ChecksNumerics
    {
        get => _check is not null;
        set => _check = value ? _check ?? new NumericsCheck(_tape, _optimizer) : _check?.End();
    }

    /// <summary>A new run.</summary>
    /// <param name="corpus">What to learn from.</param>
    /// <param name="config">Which model; its vocabulary size is replaced by the tokenizer's.</param>
    /// <param name="options">How to train it.</param>
    /// <param name="device">Where.</param>
    /// <param name="tokenizer">What turns the text into tokens, or null for the characters of the data.</param>
    /// <param name="chatTemplate">The Jinja template for conversations that came with the tokenizer, to be kept with the model; or null.</param>
    /// <exception cref="ArgumentException">Model, options and data do not fit together; the message says what would do.</exception>
    /// <exception cref="InsufficientMemoryException">The run does not fit in memory; the message says what would.</exception>
    public static Trainer Start(Corpus corpus, ModelConfig config, TrainerOptions options, Device device, ITokenizer? tokenizer = null, string? chatTemplate = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        return Start(TrainingData.From(corpus, tokenizer, chatTemplate), config, options, device);
    }

    /// <summary>A new run on prepared data, which is read from its files as it is needed.</summary>
    /// <param name="corpus">What to learn from; it stays open.</param>
    /// <param name="kind">How batches are made of it.</param>
    /// <param name="config">Which model; its vocabulary size is replaced by the tokenizer's.</param>
    /// <param name="options">How to train it; what to validate on is the data's own.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="ArgumentException">Model, options and data do not fit together; the message says what would do.</exception>
    /// <exception cref="InsufficientMemoryException">The run does not fit in memory; the message says what would.</exception>
    public static Trainer Start(PreparedCorpus corpus, BatchKind kind, ModelConfig config, TrainerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        return Start(TrainingData.From(corpus, kind), config, options, device);
    }

    /// <summary>A new run that goes on with a trained model, whole or by an adapter.</summary>
    /// <param name="model">The model; where it has an adapter already, that one learns on.</param>
    /// <param name="corpus">What to learn from, prepared with the model's tokenizer; it stays open.</param>
    /// <param name="kind">How batches are made of it.</param>
    /// <param name="options">How to train it; what to validate on is the data's own.</param>
    /// <param name="lora">A new adapter, which learns instead of the model; or null for none.</param>
    /// <exception cref="ArgumentException">Model, options and data do not fit together; the message says what would do.</exception>
    /// <exception cref="InsufficientMemoryException">The run does not fit in memory; the message says what would.</exception>
    public static Trainer FineTune(LoadedModel model, PreparedCorpus corpus, BatchKind kind, TrainerOptions options, LoraConfig? lora = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        if (!TokenizerJson.Write(corpus.Tokenizer).AsSpan().SequenceEqual(TokenizerJson.Write(model.Tokenizer)))
            throw new ArgumentException($"{corpus.Folder} was prepared with another tokenizer than the model's. Prepare it with --tokenizer {model.Folder}");
        if (lora is not null && model.Adapter is not null)
            throw new ArgumentException($"{model.Folder} has an adapter already. Merge it into its model first (microgpt merge), or train it on without a new one.");
        var learner = lora is null ? Learner.Of(model) : Learner.Adapted(model.Model, lora, Path.GetFullPath(model.Folder));
        var trainer = new Trainer(TrainingData.From(corpus, kind), model.Model.Config, learner, options, model.Model.Device);
        if (lora is not null)
            learner.Initialize(trainer._random);
        return trainer;
    }

    private static Trainer Start(TrainingData data, ModelConfig config, TrainerOptions options, Device device)
    {
        var trainer = new Trainer(data, config, learner: null, options, device);
        trainer._learner.Initialize(trainer._random);
        return trainer;
    }

    /// <summary>Goes on with the run in a folder, exactly where its last checkpoint is.</summary>
    /// <param name="folder">The checkpoint folder.</param>
    /// <param name="device">Where; its number of threads does not matter.</param>
    /// <param name="steps">Another number of steps in all, or null for that of the run.</param>
    /// <param name="data">Where the data is now, or null for where it was.</param>
    /// <param name="recompute">Another choice between time and memory, or null for that of the run; the results are the same.</param>
    /// <exception cref="IOException">There is nothing to resume, or a file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the data has changed.</exception>
    public static Trainer Resume(string folder, Device device, int? steps = null, string? data = null, bool? recompute = null)
    {
        var saved = ModelCheckpoint.Load(folder, device);
        var (state, moments) = TrainingState.Open(folder, saved.Step);
        using (moments)
        {
            var source = TrainingData.Of(state, saved, data);
            if (source.Fingerprint != state.DataFingerprint)
                throw new InvalidDataException(
                    $"{data ?? state.Data} is not what the run in {folder} has learned from so far. Say where that data is now with --data, or start a new run.");

            var options = (state.Options with { Steps = steps ?? state.Options.Steps, Recompute = recompute ?? state.Options.Recompute }).Validate();
            var trainer = Again(() => new Trainer(source, saved.Model.Config, Learner.Of(saved), options, device));
            moments.ReadInto([.. trainer._optimizer.Moments, .. trainer._states?.Saved ?? []], moments.Path);
            trainer._states?.Restore();
            trainer._random.Restore(state.Random);
            trainer.Batches.State = state.Batches;
            trainer.Step = trainer._savedStep = state.Step;
            trainer._savedIn = FullName(folder);
            trainer.Log = LossLog.Load(folder, state.Step);
            return trainer;
        }

        // What fitted together at the start of the run, but no longer does, is damaged.
        Trainer Again(Func<Trainer> start)
        {
            try
            {
                return start();
            }
            catch (ArgumentException exception)
            {
                throw new InvalidDataException($"The files in {folder} do not fit together, or one is damaged: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Trains to the end, evaluating and saving on the way; when cancelled, saves and returns.</summary>
    /// <param name="observer">Who watches.</param>
    /// <param name="folder">Where checkpoints go, or null for nowhere.</param>
    /// <param name="cancellation">Asks to stop after the step under way.</param>
    /// <returns>True when all steps are done, false when cancelled.</returns>
    /// <exception cref="IOException">A checkpoint could not be written; the previous one is whole.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight is no longer a number; the previous checkpoint is whole.</exception>
    public bool Run(ITrainingObserver observer, string? folder = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        while (Step < Options.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save();
                return false;
            }

            observer.OnStep(TrainStep(), LastStep.Tokens);
            if ((Step % Options.EvaluationInterval == 0 || Step == Options.Steps) && Validate() is { } loss)
            {
                Log.SetValidationLoss(loss);
                observer.OnValidation(Step, loss);
            }

            if (Step % Options.SaveInterval == 0)
                Save();
        }

        Save();
        return true;

        void Save()
        {
            if (folder is null || (_savedStep == Step && _savedIn == FullName(folder)))
                return;
            this.Save(folder);
            observer.OnSaved(Step);
        }
    }

    /// <summary>One step: its batches forward and backward, one after the other, and the optimizer.</summary>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is no longer a number; the model is left as it was.</exception>
    public TrainingRecord TrainStep()
    {
        var start = Stopwatch.GetTimestamp();
        _check?.BeginStep(Step + 1);
        Batches.FillNext(_batch);
        var (trainLoss, targets) = (0.0, CountTargets(_batch.Targets));
        for (var row = 0; row < _batch.Rows; row += Options.BatchSize)
        {
            var (loss, counted) = Loss(_batch, row, recording: true, _states?.Of(row));
            var weight = (double)counted / targets; // 1 where the step has one batch
            trainLoss += weight * loss.Item;
            _tape.Backward(loss, weight);
        }

        var norm = _optimizer.GradientNorm();
        if (!double.IsFinite(trainLoss) || !double.IsFinite(norm))
            throw new TrainingDivergedException(Step + 1);

        var rate = Options.Schedule.At(Step);
        Step++;
        _optimizer.Step(Step, rate, Options.GradientClip > 0 && norm > Options.GradientClip ? Options.GradientClip / norm : 1);
        _check?.AfterUpdate();
        var record = new TrainingRecord(Step, trainLoss, null, rate, norm);
        Log.Add(record);
        LastStep = new StepCost(targets, _batch.Rows * _batch.Columns, Stopwatch.GetElapsedTime(start));
        return record;
    }

    /// <summary>The mean loss on the validation data, in nats a token, or null where none was held back.</summary>
    public double? Validate()
    {
        _validation ??= [.. _tokens.ValidationBatches((int)Options.SequencesPerStep, Model.Config.ContextLength, Options.EvaluationBatches, _states is not null)];
        var states = _states is not null && _validation.Length > 0 ? new CarriedStates(Model, _validation[0].Rows, Options.BatchSize) : null;
        var (sum, count) = (0.0, 0L);
        foreach (var batch in _validation)
        {
            for (var row = 0; row < batch.Rows; row += Options.BatchSize)
            {
                var (loss, counted) = Loss(batch, row, recording: false, states?.Of(row));
                sum += loss.Item * counted;
                count += counted;
            }
        }

        return count == 0 ? null : sum / count;
    }

    /// <summary>
    /// Writes a checkpoint: at every instant, either the previous or the new one is complete. Only the first of a run replaces
    /// whatever another run left in the folder, and then that is gone before the new one is complete.
    /// </summary>
    /// <exception cref="IOException">It could not be written; the previous one is whole.</exception>
    /// <exception cref="TrainingDivergedException">There is nothing worth saving; the previous one stays.</exception>
    public void Save(string folder)
    {
        if (_optimizer.FindNonFinite() is { } diverged)
            throw new TrainingDivergedException(
                Step, $"{diverged.Name} holds infinite numbers, or none, after step {Step}: training has diverged. {TrainingDivergedException.WayOut}");
        if (_savedIn != FullName(folder))
        {
            _learner.Delete(folder);
            _learner.SaveDescription(folder, Tokenizer, _data.ChatTemplate);
        }

        new TrainingState
        {
            Step = Step,
            Options = Options,
            Data = _data.Place,
            DataKind = _data.Kind,
            BatchKind = _data.BatchKind,
            DataFingerprint = _data.Fingerprint,
            Batches = Batches.State,
            Random = _random.Save(),
        }.Save(folder, [.. _optimizer.Moments, .. _states?.Save() ?? []]);
        Log.Save(folder);
        _learner.SaveWeights(folder, Step);
        TrainingState.DeleteOthers(folder, Step);
        (_savedStep, _savedIn) = (Step, FullName(folder));
    }

    private static string FullName(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <summary>The mean loss of the rows from one on, as many as are computed together, and how many targets it is the mean of.</summary>
    private (Tensor Loss, int Counted) Loss(Batch batch, int firstRow, bool recording, IModelState? state)
    {
        var shape = new Shape(Math.Min(Options.BatchSize, batch.Rows - firstRow), batch.Columns); // (B, T)
        var inputs = batch.Inputs.Slice(firstRow * batch.Columns, shape.Count);
        var targets = batch.Targets.Slice(firstRow * batch.Columns, shape.Count);
        _tape.Reset();
        _tape.IsRecording = recording;
        var logits = Model.Forward(_tape, _tape.Integers(inputs, shape), state); // (B, T, V)
        return (_tape.CrossEntropy(logits, _tape.Integers(targets, shape)), CountTargets(targets));
    }

    private static int CountTargets(ReadOnlySpan<int> targets) => targets.Length - targets.Count(Tape.IgnoredTarget);

    private void CheckContext(ModelConfig config)
    {
        var context = config.Validate().ContextLength;
        if (_tokens.LongestContext >= context)
            return;
        throw new ArgumentException(
            _tokens.Kind == BatchKind.Windows
                ? $"{_data.Name} has {_tokens.LongestContext + 1} tokens to learn from, too few for a context of {context}; use a context of at most {_tokens.LongestContext}."
                : $"A context of {context} is longer than any document of {_data.Name}: the longest takes {_tokens.LongestContext} positions, so use a context of at most {_tokens.LongestContext}.");
    }

    /// <summary>The largest activation must be a tensor that can be: told here in a person's words, before the first step.</summary>
    private void CheckBatch(ModelConfig config)
    {
        var most = Shape.MaxCount / (config.WidestRow * config.ContextLength);
        if (Options.BatchSize > most)
            throw new ArgumentException(
                $"A batch of {Options.BatchSize} sequences of {config.ContextLength} tokens is too large for this model; {most} is the most that can be.");
        if (Options.SequencesPerStep * config.ContextLength > Shape.MaxCount)
            throw new ArgumentException(
                $"A step of {Options.AccumulationSteps} batches of {Options.BatchSize} sequences is too large; {Shape.MaxCount / config.ContextLength / Options.BatchSize} batches are the most that can be.");
    }
}
