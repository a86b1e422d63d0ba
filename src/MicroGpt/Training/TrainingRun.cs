using System.Diagnostics;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Training;

/// <summary>
/// A training run, whatever it learns from: the loop of steps, evaluations and checkpoints, and how far it has come. The same seed gives
/// the same run to the last bit on one kind of processor, whatever the number of threads and however often it was stopped and resumed.
/// </summary>
public abstract class TrainingRun
{
    /// <summary>The folder within a checkpoint's that holds the model that is best on the validation data, where <see cref="TrainerOptions.KeepBest"/> asks for it.</summary>
    public const string BestFolder = "best";

    private readonly Learner _learner;
    private readonly Optimizer _optimizer;
    private readonly string? _chatTemplate;
    private NumericsCheck? _check;
    private int _savedStep = -1;
    private bool _hasBest; // whether this session has saved one
    private string? _savedIn; // the folder whose description is that of this run

    /// <param name="learner">What is changed.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="chatTemplate">The Jinja template for conversations, to be kept with the model; or null.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="memory">What the run takes.</param>
    private protected TrainingRun(
        Learner learner, ITokenizer tokenizer, string? chatTemplate, TrainerOptions options, Measures measures, TrainingMemory memory)
    {
        (_learner, Tokenizer, _chatTemplate, Options, Measures, Memory) = (learner, tokenizer, chatTemplate, options, measures, memory);
        Log = new LossLog(measures);
        _optimizer = learner.CreateOptimizer(options);
        Tape = new Tape(learner.Model.Device) { Recomputes = options.Recompute };
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

    /// <summary>What it measures.</summary>
    public Measures Measures { get; }

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>What the last step took.</summary>
    public StepCost LastStep { get; private set; }

    /// <summary>The operations that a position of a step can't do without, or null where that is not known (<see cref="ModelFlops"/>).</summary>
    public virtual double? FlopsPerPosition => null;

    /// <summary>What the run learns from: where it is, or the name of embedded data.</summary>
    public abstract string Data { get; }

    /// <summary>The losses so far.</summary>
    public LossLog Log { get; private set; }

    /// <summary>What the run takes, as it was predicted before the first step.</summary>
    public TrainingMemory Memory { get; }

    /// <summary>The most memory that a step's activations and their gradients have taken, in bytes.</summary>
    public long ActivationBytes => Tape.PeakBytes;

    /// <summary>The step of the last checkpoint, or null where there is none yet.</summary>
    public int? SavedStep => _savedStep < 0 ? null : _savedStep;

    /// <summary>The first step after which the model was as good on the validation data as it has ever been; null where it was not judged yet.</summary>
    public TrainingRecord? Best => Judged.Where(record => double.IsFinite(record.ValidationLoss!.Value))
        .MinBy(record => Measures.HigherIsBetter ? -record.ValidationLoss : record.ValidationLoss);

    /// <summary>Whether the run has ended because evaluations brought nothing better, as many in a row as <see cref="TrainerOptions.Patience"/> says.</summary>
    public bool IsOutOfPatience =>
        Options.Patience > 0 && Best is { } best && Judged.Count(record => record.Step > best.Step) >= Options.Patience;

    /// <summary>
    /// Whether every number is looked at as soon as it is computed, so that a run which diverges says where: the operation, the
    /// layer, forward or backward. It takes more time and changes nothing else.
    /// </summary>
    public bool ChecksNumerics
    {
        get => _check is not null;
        set => _check = value ? _check ?? new NumericsCheck(Tape, _optimizer) : _check?.End();
    }

    /// <summary>What it learns from, in a line.</summary>
    public abstract string DataInWords { get; }

    /// <summary>What a step learns from, in words: <c>8 sequences</c>.</summary>
    public abstract string StepInWords { get; }

    private IEnumerable<TrainingRecord> Judged => Log.Records.Where(record => record.ValidationLoss is not null);

    /// <summary>Where operations run.</summary>
    internal Tape Tape { get; }

    /// <summary>What is changed.</summary>
    private protected Learner Learner => _learner;

    /// <summary>How many parts a step's loss has, which are computed one after the other in the memory of one.</summary>
    private protected abstract int Parts { get; }

    /// <summary>The targets of the step under way, or of the last one.</summary>
    private protected abstract int Targets { get; }

    /// <summary>Trains to the end, evaluating and saving on the way; when cancelled, saves and returns.</summary>
    /// <param name="observer">Who watches.</param>
    /// <param name="folder">Where checkpoints go, or null for nowhere.</param>
    /// <param name="cancellation">Asks to stop after the step under way.</param>
    /// <returns>True when all steps are done, or <see cref="IsOutOfPatience"/>; false when cancelled.</returns>
    /// <exception cref="IOException">A checkpoint could not be written; the previous one is whole.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight is no longer a number; the previous checkpoint is whole.</exception>
    public bool Run(ITrainingObserver observer, string? folder = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var isOver = IsOutOfPatience; // before it was resumed
        while (Step < Options.Steps && !isOver)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save();
                return false;
            }

            observer.OnStep(TrainStep(), LastStep.Tokens);
            if ((Step % Options.EvaluationInterval == 0 || Step == Options.Steps) && Validate() is { } score)
            {
                Log.SetValidation(score);
                TrainingMetrics.RecordValidation(score.Loss);
                observer.OnValidation(Step, score.Loss);
                if (Options.KeepBest && Best?.Step == Step && folder is not null)
                    SaveBest(Path.Combine(folder, BestFolder));
                isOver = IsOutOfPatience;
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
        BeginStep();
        var trainLoss = 0.0;
        for (var part = 0; part < Parts; part++)
        {
            var (loss, weight) = Loss(part);
            trainLoss += weight * loss.Item;
            Tape.Backward(loss, weight);
        }

        var norm = _optimizer.GradientNorm();
        if (!double.IsFinite(trainLoss) || !double.IsFinite(norm))
            throw new TrainingDivergedException(Step + 1);

        var rate = Options.Schedule.At(Step);
        Step++;
        _optimizer.Step(Step, rate, Options.GradientClip > 0 && norm > Options.GradientClip ? Options.GradientClip / norm : 1);
        _check?.AfterUpdate();
        var record = new TrainingRecord(Step, trainLoss, null, rate, norm) { Measures = Measured() };
        Log.Add(record);
        LastStep = new StepCost(Targets, Positions, Stopwatch.GetElapsedTime(start));
        TrainingMetrics.Record(record, LastStep);
        return record;
    }

    /// <summary>How good the model is on the validation data, by the loss or what <see cref="Measures"/> says; null where nothing was held back.</summary>
    public abstract ValidationScore? Validate();

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
            if (!_hasBest && Path.Combine(folder, BestFolder) is var best && Directory.Exists(best))
                _learner.Delete(best);
            _learner.SaveDescription(folder, Tokenizer, _chatTemplate);
        }

        (State() with { Model = Resumption.Describe(Model) }).Save(folder, [.. _optimizer.Moments, .. Carried(toSave: true)]);
        Log.Save(folder);
        _learner.SaveWeights(folder, Step);
        TrainingState.DeleteOthers(folder, Step);
        (_savedStep, _savedIn) = (Step, FullName(folder));
    }

    /// <summary>Keeps the model as it is now, for use: without what resuming takes.</summary>
    private void SaveBest(string folder)
    {
        if (!_hasBest && _savedIn is null && Directory.Exists(folder))
            _learner.Delete(folder); // another run's
        _learner.SaveDescription(folder, Tokenizer, _chatTemplate);
        _learner.SaveWeights(folder, Step);
        _hasBest = true;
    }

    /// <summary>The positions that the step has computed to learn from, B·T of all its batches.</summary>
    private protected abstract int Positions { get; }

    /// <summary>Takes the next step's data.</summary>
    private protected abstract void BeginStep();

    /// <summary>Computes a part of the step's loss while the tape records.</summary>
    /// <returns>It, and how much it counts in the sum that is the step's loss.</returns>
    private protected abstract (Tensor Loss, double Weight) Loss(int part);

    /// <summary>What the step has measured, as <see cref="Measures"/> names it.</summary>
    private protected virtual IReadOnlyList<double> Measured() => [];

    /// <summary>What the run needs to go on from here, but for tensors.</summary>
    private protected abstract TrainingState State();

    /// <summary>Tensors that go from step to step besides parameters and moments.</summary>
    /// <param name="toSave">Whether they are to be filled with what they are now; else they are to be read into.</param>
    private protected virtual IReadOnlyList<Tensor> Carried(bool toSave) => [];

    /// <summary>Goes to where a saved run is.</summary>
    private protected virtual void Restore(string folder, TrainingState state, SafeTensorsFile moments)
    {
        moments.ReadInto([.. _optimizer.Moments, .. Carried(toSave: false)], moments.Path);
        Step = _savedStep = state.Step;
        _savedIn = FullName(folder);
        Log = LossLog.Load(folder, state.Step, Measures);
    }

    private static string FullName(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
