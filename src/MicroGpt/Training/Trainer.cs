using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>Training on texts, or on conversations: every token, or those of the assistant, from the ones before it.</summary>
public sealed class Trainer : TrainingRun
{
    private readonly TokenizedCorpus _tokens;
    private readonly MersenneTwister _random;
    private readonly TrainingData _data;
    private readonly Batch _batch = new();
    private readonly CarriedStates? _states; // where batches go on where those before ended
    private Batch[]? _validation;
    private TextLoss? _text;

    private Trainer(TrainingData data, TokenizedCorpus tokens, MersenneTwister random, Learner learner, TrainerOptions options, TrainingMemory memory)
        : base(learner, data.Tokenizer, data.ChatTemplate, options, Measures.OfLoss, memory)
    {
        (_data, _tokens, _random) = (data, tokens, random);
        var config = Model.Config;
        Batches = tokens.Batches((int)options.SequencesPerStep, config.ContextLength, random, inStreams: config.CarriesState);
        _states = Batches is StreamBatches ? new CarriedStates(Model, (int)options.SequencesPerStep, options.BatchSize) : null;
    }

    /// <summary>The data in tokens.</summary>
    public TokenizedCorpus Tokens => _tokens;

    /// <summary>What gives the batches of the run.</summary>
    public IBatchSource Batches { get; }

    /// <inheritdoc/>
    public override string Data => _data.Place;

    /// <inheritdoc/>
    public override double? FlopsPerPosition => ModelFlops.PerPosition(Model, Learner.Parameters);

    /// <inheritdoc/>
    public override string DataInWords => FormattableString.Invariant($"{_tokens.TrainTokens:N0} tokens to learn from, {_tokens.ValidationTokens:N0} to be judged by");

    /// <inheritdoc/>
    public override string StepInWords => Options.AccumulationSteps == 1
        ? $"{Options.BatchSize} sequences"
        : $"{Options.AccumulationSteps} × {Options.BatchSize} sequences";

    private protected override int Parts => (_batch.Rows + Options.BatchSize - 1) / Options.BatchSize;

    private protected override int Targets => CountTargets(_batch.Targets);

    private protected override int Positions => _batch.Rows * _batch.Columns;

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
        var trainer = Create(TrainingData.From(corpus, kind), model.Model.Config, learner, options, model.Model.Device);
        if (lora is not null)
            learner.Initialize(trainer._random);
        return trainer;
    }

    private static Trainer Start(TrainingData data, ModelConfig config, TrainerOptions options, Device device)
    {
        var trainer = Create(data, config, learner: null, options, device);
        trainer.Learner.Initialize(trainer._random);
        return trainer;
    }

    /// <param name="data">What to learn from.</param>
    /// <param name="config">The model.</param>
    /// <param name="learner">What is there to be changed, or null for a new model.</param>
    /// <param name="options">How.</param>
    /// <param name="device">Where.</param>
    private static Trainer Create(TrainingData data, ModelConfig config, Learner? learner, TrainerOptions options, Device device)
    {
        options.Validate();
        // Used in this order, as microgpt.py does: the documents' order, the weights, then whatever training draws.
        var random = new MersenneTwister(options.Seed);
        var tokens = data.Tokenize(options, random);
        if (learner is null)
            config = config with { VocabularySize = data.Tokenizer.VocabularySize };
        CheckContext(config, data, tokens);
        CheckBatch(config, options);
        var memory = TrainingMemory.CheckFits(options, tried => TrainingMemory.Predict(config, tried, device, learner?.Lora), learner);
        return new Trainer(data, tokens, random, learner ?? Learner.Create(config, device, lora: null), options, memory);
    }

    /// <summary>Goes on with the run in a folder, exactly where its last checkpoint is.</summary>
    /// <param name="folder">The checkpoint folder.</param>
    /// <param name="device">Where; its number of threads does not matter.</param>
    /// <param name="steps">Another number of steps in all, or null for that of the run.</param>
    /// <param name="data">Where the data is now, or null for where it was.</param>
    /// <param name="recompute">Another choice between time and memory, or null for that of the run; the results are the same.</param>
    /// <param name="patience">Another patience, or null for that of the run.</param>
    /// <exception cref="IOException">There is nothing to resume, or a file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the data has changed.</exception>
    public static Trainer Resume(string folder, Device device, int? steps = null, string? data = null, bool? recompute = null, int? patience = null)
    {
        var (saved, state, moments) = Resumption.Open(folder, device);
        using (moments)
        {
            if (state.Alignment is not null)
                throw new InvalidDataException($"The run in {folder} learns from rewards or preferences: go on with microgpt align --resume --out {folder}");
            var source = Resumption.Found(folder, data ?? state.Data, () => TrainingData.Of(state, saved, data));
            if (source.Fingerprint != state.DataFingerprint)
                throw new InvalidDataException(
                    $"{data ?? state.Data} is not what the run in {folder} has learned from so far. Say where that data is now with --data, or start a new run.");

            var options = (state.Options with
            {
                Steps = steps ?? state.Options.Steps,
                Recompute = recompute ?? state.Options.Recompute,
                Patience = patience ?? state.Options.Patience,
            }).Validate();
            return Resumption.AsSaved(folder, () =>
            {
                var trainer = Create(source, saved.Model.Config, Learner.Of(saved), options, device);
                trainer.Restore(folder, state, moments);
                return trainer;
            });
        }
    }

    /// <inheritdoc/>
    public override ValidationScore? Validate()
    {
        _validation ??= [.. _tokens.ValidationBatches((int)Options.SequencesPerStep, Model.Config.ContextLength, Options.EvaluationBatches, _states is not null)];
        var states = _states is not null && _validation.Length > 0 ? new CarriedStates(Model, _validation[0].Rows, Options.BatchSize) : null;
        var (sum, count) = (0.0, 0L);
        var text = _text ??= new TextLoss(Tape, TokenBytes.Of(Tokenizer));
        text.Clear();
        foreach (var batch in _validation)
        {
            for (var row = 0; row < batch.Rows; row += Options.BatchSize)
            {
                var (loss, counted) = Loss(batch, row, recording: false, states?.Of(row), text);
                sum += loss.Item * counted;
                count += counted;
            }
        }

        return count == 0 ? null : new ValidationScore(sum / count, text.BitsPerByte);
    }

    private protected override void BeginStep() => Batches.FillNext(_batch);

    private protected override (Tensor Loss, double Weight) Loss(int part)
    {
        var row = part * Options.BatchSize;
        var (loss, counted) = Loss(_batch, row, recording: true, _states?.Of(row));
        return (loss, (double)counted / Targets); // 1 where the step has one batch
    }

    private protected override IReadOnlyList<Tensor> Carried(bool toSave) => _states is null ? [] : toSave ? _states.Save() : _states.Saved;

    private protected override TrainingState State() => new()
    {
        Step = Step,
        Options = Options,
        Data = _data.Place,
        DataKind = _data.Kind,
        BatchKind = _data.BatchKind,
        DataFingerprint = _data.Fingerprint,
        Batches = Batches.State,
        Random = _random.Save(),
    };

    private protected override void Restore(string folder, TrainingState state, SafeTensorsFile moments)
    {
        base.Restore(folder, state, moments);
        _states?.Restore();
        _random.Restore(state.Random);
        Batches.State = state.Batches;
    }

    /// <summary>The mean loss of the rows from one on, as many as are computed together, and how many targets it is the mean of.</summary>
    private (Tensor Loss, int Counted) Loss(Batch batch, int firstRow, bool recording, IModelState? state, TextLoss? text = null)
    {
        var shape = new Shape(Math.Min(Options.BatchSize, batch.Rows - firstRow), batch.Columns); // (B, T)
        var inputs = batch.Inputs.Slice(firstRow * batch.Columns, shape.Count);
        var targets = batch.Targets.Slice(firstRow * batch.Columns, shape.Count);
        Tape.Reset();
        Tape.IsRecording = recording;
        Tape.DropoutSeed = recording ? Dropout.Mix(Options.Seed, ((ulong)Step << 32) + (ulong)firstRow) : null; // of what is known after resuming, too
        var logits = Model.Forward(Tape, Tape.Integers(inputs, shape), state); // (B, T, V)
        var loss = Tape.CrossEntropy(logits, Tape.Integers(targets, shape));
        var counted = CountTargets(targets);
        text?.Add(logits, targets, shape, loss, counted);
        return (loss, counted);
    }

    private static int CountTargets(ReadOnlySpan<int> targets) => targets.Length - targets.Count(Tape.IgnoredTarget);

    private static void CheckContext(ModelConfig config, TrainingData data, TokenizedCorpus tokens)
    {
        var context = config.Validate().ContextLength;
        if (tokens.LongestContext >= context)
            return;
        throw new ArgumentException(
            tokens.Kind == BatchKind.Windows
                ? $"{data.Name} has {tokens.LongestContext + 1} tokens to learn from, too few for a context of {context}; use a context of at most {tokens.LongestContext}."
                : $"A context of {context} is longer than any document of {data.Name}: the longest takes {tokens.LongestContext} positions, so use a context of at most {tokens.LongestContext}.");
    }

    /// <summary>The largest activation must be a tensor that can be: told here in a person's words, before the first step.</summary>
    private static void CheckBatch(ModelConfig config, TrainerOptions options)
    {
        var most = Shape.MaxCount / (config.WidestRow * config.ContextLength);
        if (options.BatchSize > most)
            throw new ArgumentException(
                $"A batch of {options.BatchSize} sequences of {config.ContextLength} tokens is too large for this model; {most} is the most that can be.");
        if (options.SequencesPerStep * config.ContextLength > Shape.MaxCount)
            throw new ArgumentException(
                $"A step of {options.AccumulationSteps} batches of {options.BatchSize} sequences is too large; {Shape.MaxCount / config.ContextLength / options.BatchSize} batches are the most that can be.");
    }
}
