using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Alignment;

/// <summary>A run that teaches a model what people, or a checker, prefer, from where it is; the whole model, or an adapter.</summary>
public abstract class AlignmentRun : TrainingRun
{
    private readonly Reference? _reference;
    private readonly AlignmentState _state;
    private readonly string _data;
    private readonly string _fingerprint;
    private readonly Batch _batch = new();
    private int _positions;

    /// <summary>What every such run begins with.</summary>
    /// <param name="Model">The model as loaded, with its adapter if one learns.</param>
    /// <param name="Learner">What is changed.</param>
    /// <param name="Reference">What it is compared with; null where it is not.</param>
    /// <param name="State">The settings.</param>
    /// <param name="Options">How it is trained.</param>
    /// <param name="Memory">What it takes.</param>
    internal sealed record Beginning(
        LoadedModel Model, Learner Learner, Reference? Reference, AlignmentState State, TrainerOptions Options, TrainingMemory Memory)
    {
        public ChatTemplate Template { get; } =
            ChatTemplate.Required(Model.Tokenizer, Model.ChatTemplate is { } jinja ? ChatTemplate.Recognize(jinja) : null);
    }

    private protected AlignmentRun(Beginning beginning, Measures measures, string data, string fingerprint)
        : base(beginning.Learner, beginning.Model.Tokenizer, beginning.Model.ChatTemplate, beginning.Options, measures, beginning.Memory)
    {
        (_reference, _state, _data, _fingerprint) = (beginning.Reference, beginning.State, data, fingerprint);
    }

    /// <inheritdoc/>
    public override string Data => _data;

    /// <summary>How the model is aligned.</summary>
    public AlignmentOptions Alignment => _state.Options;

    /// <summary>Something of the last step to look at, in a line.</summary>
    public abstract string Sample { get; }

    /// <summary>What a person should know at the end, a sentence each; nothing where all went as it should.</summary>
    public virtual IEnumerable<string> Remarks => [];

    /// <summary>How strongly the model is held to the reference.</summary>
    private protected double Beta => Alignment.BetaInUse;

    /// <summary>A new run.</summary>
    /// <param name="model">The model to begin with, without an adapter.</param>
    /// <param name="data">Pairs for DPO, prompts for the others; null where the curriculum's skills give them.</param>
    /// <param name="alignment">How the model is aligned.</param>
    /// <param name="options">How it is trained; a batch is what is computed together, pairs of replies in DPO.</param>
    /// <param name="lora">The adapter that learns instead of the model, or null for none.</param>
    /// <param name="reward">What rewards, instead of what the options say; or null. A run that is resumed must be given it again.</param>
    /// <exception cref="ArgumentException">Model, options and data do not fit together; the message says what would do.</exception>
    /// <exception cref="IOException">The data can't be read.</exception>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    /// <exception cref="InsufficientMemoryException">The run does not fit in memory; the message says what would.</exception>
    public static AlignmentRun Start(
        LoadedModel model, string? data, AlignmentOptions alignment, TrainerOptions options, LoraConfig? lora = null, IReward? reward = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(alignment);
        ArgumentNullException.ThrowIfNull(options);
        if (model.Adapter is not null)
            throw new ArgumentException($"{model.Folder} is an adapter. Merge it into its model first: microgpt merge --model {model.Folder} --out MERGED");
        var state = new AlignmentState(alignment.Validate(), Path.GetFullPath(model.Folder), ModelFingerprint: null);
        if (NeedsReference(state.Options) && lora is null)
            state = state with { ModelFingerprint = Reference.Fingerprint(model.Model) };
        var learner = Learner.Adapted(model.Model, lora, state.Model);
        if (lora is not null)
            learner.Initialize(new MersenneTwister(options.Seed));
        return Create(model, learner, state, data, options, reward);
    }

    /// <summary>Goes on with the run in a folder, exactly where its last checkpoint is.</summary>
    /// <param name="folder">The checkpoint folder.</param>
    /// <param name="device">Where.</param>
    /// <param name="steps">Another number of steps in all, or null for that of the run.</param>
    /// <param name="data">Where the data is now, or null for where it was.</param>
    /// <param name="checker">The program that rewards, which is never taken from a file: it must be said again.</param>
    /// <param name="reward">What rewards, if it was given at the start.</param>
    /// <param name="patience">Another patience, or null for that of the run.</param>
    /// <exception cref="IOException">There is nothing to resume, or a file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the data or the starting model has changed.</exception>
    /// <exception cref="ArgumentException">The checker is another than the run's, or not said.</exception>
    public static AlignmentRun Resume(
        string folder, Device device, int? steps = null, string? data = null, string? checker = null, IReward? reward = null, int? patience = null)
    {
        var (saved, state, moments) = Resumption.Open(folder, device);
        using (moments)
        {
            var alignment = AlignmentState.FromJson(state.Alignment
                ?? throw new InvalidDataException($"The run in {folder} learns from texts: go on with microgpt finetune --resume --out {folder}"));
            if (alignment.Options.Checker != checker)
                throw new ArgumentException(alignment.Options.Checker is { } program
                    ? $"The run in {folder} is rewarded by a program, which is started only if you say so: add --checker \"{program}\""
                    : $"The run in {folder} is rewarded without a program: leave out --checker.");
            var source = alignment.Options.Skills.Count > 0 ? null : data ?? state.Data;
            var options = (state.Options with { Steps = steps ?? state.Options.Steps, Patience = patience ?? state.Options.Patience }).Validate();
            var run = Resumption.Found(folder, source, () => Create(saved, Learner.Of(saved), alignment, source, options, reward));
            if (run._fingerprint != state.DataFingerprint)
                throw new InvalidDataException(
                    $"{source} is not what the run in {folder} has learned from so far. Say where that data is now with --data, or start a new run.");
            return Resumption.AsSaved(folder, () =>
            {
                run.Restore(folder, state, moments);
                return run;
            });
        }
    }

    /// <summary>The tokens' losses of some sequences, (B, T), while the tape records or not.</summary>
    private protected Tensor TokenLoss(ReadOnlySpan<ChatTokens> sequences, bool recording) =>
        TokenLoss(sequences, recording, (tape, ids) => Model.Forward(tape, ids));

    /// <summary>The same by the reference, as numbers: the tape is used again.</summary>
    private protected double[] ReferenceLoss(ReadOnlySpan<ChatTokens> sequences)
    {
        var losses = TokenLoss(sequences, recording: false, _reference!.Forward);
        return [.. Enumerable.Range(0, losses.Shape.Count).Select(i => losses[i])];
    }

    private protected override void BeginStep() => _positions = 0;

    private protected sealed override TrainingState State() => new()
    {
        Step = Step,
        Options = Options,
        Data = _data,
        DataKind = CorpusKind.Lines,
        DataFingerprint = _fingerprint,
        Batches = new BatchState { Position = Step }, // what comes next follows from the step
        Random = new MersenneTwister(Options.Seed).Save(),
        Alignment = _state.ToJson(),
    };

    private protected override int Positions => _positions;

    private static AlignmentRun Create(
        LoadedModel model, Learner learner, AlignmentState state, string? data, TrainerOptions options, IReward? reward)
    {
        options.Validate();
        var alignment = state.Options;
        var device = model.Model.Device;
        var isDpo = alignment.Method == AlignmentMethod.Dpo;
        var needsModel = NeedsReference(alignment) && learner.Lora is null;
        var others = (needsModel ? Bytes(model.Model.Parameters) : 0) + (isDpo ? 0 : PolicyRun.StateBytes(model.Model, alignment));
        var memory = TrainingMemory.CheckFits(options, Predict, learner, accumulates: isDpo);
        Reference? reference = !NeedsReference(alignment) ? null
            : needsModel ? new Reference.Frozen(StartingModel(state, device))
            : new Reference.WithoutAdapter((Gpt)model.Model);
        var beginning = new Beginning(model, learner, reference, state, options, memory);
        return isDpo ? PreferenceRun.Create(beginning, data) : PolicyRun.Create(beginning, data, reward);

        TrainingMemory Predict(TrainerOptions tried) => TrainingMemory.Predict(
            model.Model.Config, isDpo ? tried with { BatchSize = 2 * tried.BatchSize } : tried, device, learner.Lora) with
        {
            Others = others,
        };
    }

    private protected static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => (long)tensor.Shape.Count * tensor.DType.SizeInBytes());

    private static bool NeedsReference(AlignmentOptions alignment) => alignment.BetaInUse > 0;

    private static ILanguageModel StartingModel(AlignmentState state, Device device)
    {
        ILanguageModel model;
        try
        {
            model = ModelCheckpoint.Load(state.Model, device).Model;
        }
        catch (IOException exception)
        {
            throw new IOException($"{state.Model}, the model that the run began with and its reference, can't be read: put it back there.", exception);
        }

        return Reference.Fingerprint(model) == state.ModelFingerprint
            ? model
            : throw new InvalidDataException($"{state.Model} is not the model that the run began with any more, which is its reference. Put that model back there.");
    }

    private Tensor TokenLoss(ReadOnlySpan<ChatTokens> sequences, bool recording, Func<Tape, Tensor, Tensor> forward)
    {
        Sequences.Fill(_batch, sequences);
        _positions += recording ? _batch.Shape.Count : 0;
        Tape.Reset();
        Tape.IsRecording = recording;
        return Tape.TokenLoss(forward(Tape, Tape.Integers(_batch.Inputs, _batch.Shape)), Tape.Integers(_batch.Targets, _batch.Shape));
    }
}
