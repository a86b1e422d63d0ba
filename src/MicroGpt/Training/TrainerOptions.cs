namespace MicroGpt.Training;

/// <summary>How a model is trained. The defaults are nanoGPT's for small models.</summary>
public sealed record TrainerOptions
{
    /// <summary>Steps in all.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Sequences computed together, B.</summary>
    public int BatchSize { get; init; } = 12;

    /// <summary>
    /// How many batches a step learns from, one after the other in the memory of one. Their gradients add up to that of one batch of
    /// all their sequences: the gradient of the mean loss over all targets of the step, however many each batch has. The sums
    /// are rounded elsewhere, so the last bits may differ from those of the large batch.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// Whether a layer's inside is computed again in the backward pass instead of being kept (<see cref="Numerics.Tape.Recompute"/>):
    /// up to a third more time, a fraction of the activations' memory, and the same run to the last bit. GPT-2 124M on one sequence
    /// of 1,024 tokens trains in 2.8 GB instead of 3.3 (docs/log.md).
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>What moves the parameters.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>The highest learning rate: AdamW's, or what multiplies the rates of nanochat's groups, 1 for as they are.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The learning rate at the end; null for a tenth of the highest.</summary>
    public double? MinimumLearningRate { get; init; }

    /// <summary>The highest learning rate of plain Muon; it rises and falls with AdamW's.</summary>
    public double MuonLearningRate { get; init; } = 0.02;

    /// <summary>Steps over which the learning rate rises.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>How the learning rate falls.</summary>
    public LearningRateDecay Decay { get; init; } = LearningRateDecay.Cosine;

    /// <summary>The last part of all steps, over which the learning rate falls along a trapezoid.</summary>
    public double DecayFraction { get; init; } = 0.65;

    /// <summary>How slowly AdamW's mean of gradients forgets.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly AdamW's mean of squared gradients forgets.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>What keeps AdamW's division finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How much matrices shrink, times the learning rate, a step.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The longest the gradient may be; longer ones are shortened to it. 0 for no limit.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>The part of the data to be judged by, from 0 to 0.5.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Steps between evaluations.</summary>
    public int EvaluationInterval { get; init; } = 250;

    /// <summary>Batches an evaluation at most, spread evenly over the validation data.</summary>
    public int EvaluationBatches { get; init; } = 200;

    /// <summary>Steps between checkpoints.</summary>
    public int SaveInterval { get; init; } = 250;

    /// <summary>Whether the model of the lowest validation loss is kept beside the last one (<see cref="TrainingRun.BestFolder"/>).</summary>
    public bool KeepBest { get; init; }

    /// <summary>The evaluations in a row without anything better that end the run (<see cref="TrainingRun.IsOutOfPatience"/>); 0 for none.</summary>
    public int Patience { get; init; }

    /// <summary>Where all random numbers of the run start.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>These options with nanochat's optimizer and the schedule that goes with it (github.com/karpathy/nanochat).</summary>
    public TrainerOptions ForNanochat() => this with
    {
        Optimizer = OptimizerKind.Nanochat,
        LearningRate = 1,
        MinimumLearningRate = 0.05,
        WarmupSteps = 40,
        Decay = LearningRateDecay.Trapezoid,
        GradientClip = 0,
    };

    /// <summary>Sequences a step learns from.</summary>
    internal long SequencesPerStep => (long)BatchSize * AccumulationSteps;

    /// <summary>The learning rate of every step.</summary>
    internal LearningRateSchedule Schedule =>
        new(LearningRate, MinimumLearningRate ?? LearningRate / 10, WarmupSteps, Steps, Decay, DecayFraction);

    /// <summary>Checks that such a run can be.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A number is impossible; the message says which.</exception>
    public TrainerOptions Validate()
    {
        AtLeast(Steps, 1, "The number of steps");
        AtLeast(BatchSize, 1, "The batch size");
        AtLeast(AccumulationSteps, 1, "The number of batches a step");
        AtLeast(WarmupSteps, 0, "The number of warm-up steps");
        AtLeast(EvaluationInterval, 1, "The steps between evaluations");
        AtLeast(EvaluationBatches, 1, "The number of evaluation batches");
        AtLeast(SaveInterval, 1, "The steps between checkpoints");
        AtLeast(Patience, 0, "The patience");
        if (!Enum.IsDefined(Decay))
            throw new ArgumentException($"There is no learning rate decay {Decay}; there are {string.Join(", ", Enum.GetNames<LearningRateDecay>())}.");
        if (!Enum.IsDefined(Optimizer))
            throw new ArgumentException($"There is no optimizer {Optimizer}; there are {string.Join(", ", Enum.GetNames<OptimizerKind>())}.");
        Within(LearningRate, 0, 100, "The learning rate");
        Within(MuonLearningRate, 0, 100, "Muon's learning rate");
        if (Optimizer == OptimizerKind.Muon && LearningRate == 0)
            throw new ArgumentException("Muon's learning rate follows AdamW's, which must not be 0.");
        Within(DecayFraction, 0, 1, "The part of the steps over which the learning rate falls");
        Within(MinimumLearningRate ?? 0, 0, 100, "The minimum learning rate");
        Within(Beta1, 0, 0.999999, "Beta 1");
        Within(Beta2, 0, 0.999999, "Beta 2");
        Within(Epsilon, 1e-30, 1, "Epsilon");
        Within(WeightDecay, 0, 100, "The weight decay");
        Within(GradientClip, 0, 1e9, "The gradient's limit");
        Within(ValidationFraction, 0, 0.5, "The part of the data to validate on");
        return this;

        static void AtLeast(int value, int least, string what)
        {
            if (value < least)
                throw new ArgumentException($"{what} must be at least {least}, not {value}.");
        }

        static void Within(double value, double least, double most, string what)
        {
            if (!(value >= least && value <= most))
                throw new ArgumentException(FormattableString.Invariant($"{what} must be from {least} to {most}, not {value}."));
        }
    }
}
