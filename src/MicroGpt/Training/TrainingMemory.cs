using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// The memory that training takes, in bytes: not estimated by a formula, but counted by running a step of the model on a device
/// that allocates without memory and computes nothing.
/// </summary>
/// <param name="Weights">The parameters.</param>
/// <param name="Gradients">Their gradients.</param>
/// <param name="Optimizer">The optimizer's moments.</param>
/// <param name="Activations">What a batch of full length leaves for the backward pass, and its gradients, at their most.</param>
/// <param name="Workspace">What operations need for themselves: matrices packed, memory of the threads' own.</param>
public sealed record TrainingMemory(long Weights, long Gradients, long Optimizer, long Activations, long Workspace)
{
    private const int MostLayers = 10_000; // a model that even its description does not fit in memory

    /// <summary>What a run has besides: the weights of a reference, what was read of replies.</summary>
    public long Others { get; init; }

    /// <summary>All of it. The program itself, the data and samples come on top.</summary>
    public long Total => Weights + Gradients + Optimizer + Activations + Workspace + Others;

    /// <summary>The parts, in a line.</summary>
    public string InWords() =>
        $"{ByteCount.InWords(Weights)} of weights, {ByteCount.InWords(Gradients)} of gradients, {ByteCount.InWords(Optimizer)} of optimizer, "
        + $"{ByteCount.InWords(Activations)} of activations, {ByteCount.InWords(Workspace)} of workspace"
        + (Others == 0 ? "" : $", {ByteCount.InWords(Others)} of others");

    /// <summary>What it would take to train such a model.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">The training, of which the batch size and recomputation matter.</param>
    /// <param name="device">Where it is to be trained.</param>
    /// <param name="lora">The adapter that is trained instead of the model, or null for none.</param>
    /// <exception cref="ArgumentException">Such a model or batch can't be.</exception>
    public static TrainingMemory Predict(ModelConfig config, TrainerOptions options, Device device, LoraConfig? lora = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        if (config.Validate().Depth > MostLayers)
            throw new ArgumentException($"A model of {config.Depth:N0} layers is too large; {MostLayers:N0} are the most that can be.");
        using var meta = device.CreateMeta();
        var learner = Learner.Create(config, meta, lora);
        var model = learner.Model;
        var optimizer = learner.CreateOptimizer(options);
        var tape = new Tape(meta) { Recomputes = options.Recompute, DropoutSeed = 0 };
        var shape = new Shape(options.BatchSize, config.ContextLength); // (B, T)
        var tokens = new int[shape.Count];
        tape.Backward(tape.CrossEntropy(model.Forward(tape, tape.Integers(tokens, shape)), tape.Integers(tokens, shape)));
        var parameters = model.Parameters.Union(learner.Parameters).ToArray();
        var gradients = Bytes(parameters.Where(parameter => parameter.HasGrad));
        optimizer.GradientNorm(); // for its workspace, as the step
        optimizer.Step(1, options.LearningRate);
        return new TrainingMemory(
            Bytes(parameters), gradients, Bytes(optimizer.Moments), tape.PeakBytes, meta.WorkspaceBytes);

        static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => (long)tensor.Shape.Count * tensor.DType.SizeInBytes());
    }

    /// <summary>Refuses a run that can't fit beside what this program holds already, and says what would.</summary>
    /// <param name="options">The training.</param>
    /// <param name="predict">What a training takes, with these options or others.</param>
    /// <param name="loaded">What is in memory already, a model that is to be changed; or null for a new one.</param>
    /// <param name="accumulates">Whether a smaller batch needs more of them for the same step.</param>
    /// <returns>What it takes.</returns>
    /// <exception cref="InsufficientMemoryException">It does not fit.</exception>
    internal static TrainingMemory CheckFits(
        TrainerOptions options, Func<TrainerOptions, TrainingMemory> predict, Learner? loaded = null, bool accumulates = true)
    {
        var needed = predict(options);
        var held = loaded is null ? 0 : needed.Weights;
        if (needed.Total - held <= Storage.Room)
            return needed;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var room = Storage.Room + held;
        if (needed.Total <= room)
            return needed;
        throw new InsufficientMemoryException(
            $"Training this model with batches of {options.BatchSize} takes {ByteCount.InWords(needed.Total)} of memory, and there are {ByteCount.InWords(Math.Max(room, 0))}. "
            + (WayOut(needed, options, predict, room, accumulates)
                ?? "No smaller batch will do: try a smaller width, context or vocabulary, or fewer layers."));
    }

    /// <summary>The way that costs least time: smaller batches, then recomputation, then both.</summary>
    private static string? WayOut(
        TrainingMemory needed, TrainerOptions options, Func<TrainerOptions, TrainingMemory> predict, long room, bool accumulates)
    {
        if (needed.Total - needed.Activations > room)
            return null;
        foreach (var recompute in (bool[])[options.Recompute, true])
        {
            for (var parts = 1; parts <= options.BatchSize; parts++)
            {
                if (options.BatchSize % parts != 0)
                    continue;
                var smaller = options with { BatchSize = options.BatchSize / parts, Recompute = recompute };
                if (smaller == options || predict(smaller).Total is var total && total > room)
                    continue;
                var batch = parts == 1 ? "" : $"--batch {smaller.BatchSize}" + (accumulates ? $" --accumulate {parts * options.AccumulationSteps}" : "");
                var both = string.Join(" ", ((string[])[batch, recompute && !options.Recompute ? "--recompute" : ""]).Where(part => part.Length > 0));
                return $"The same run in less memory, {ByteCount.InWords(total)}: {both}.";
            }
        }

        return null;
    }
}
