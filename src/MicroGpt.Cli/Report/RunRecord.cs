using System.Text.Json;
using MicroGpt.Training;

namespace MicroGpt.Cli.Report;

/// <summary>What a run wrote down in its folder: <c>log.jsonl</c>, or where that is missing <c>loss.csv</c>.</summary>
internal sealed record RunRecord
{
    private const int LastSteps = 20; // whose mean is more than chance

    private static readonly string[] s_measures = ["reward", "kl", "length", "accuracy", "margin"];

    /// <summary>What the first session said when it began: its command, its machine, the model's sizes. Empty where there is no log.</summary>
    public IReadOnlyDictionary<string, string> Start { get; init; } = new Dictionary<string, string>();

    /// <summary>How it was trained, by the names of the log.</summary>
    public IReadOnlyList<(string Name, string Value)> Options { get; init; } = [];

    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>What it was judged by on the validation data: the loss, or <see cref="RunKind.Rewards"/> the reward.</summary>
    public IReadOnlyList<(int Step, double Score, double? BitsPerByte)> Validations { get; init; } = [];

    /// <summary>What an alignment measures at every step besides, by the names of the log.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<(double Step, double Value)>> Measures { get; init; } =
        new Dictionary<string, IReadOnlyList<(double, double)>>();

    /// <summary>What it learned from, as what it measured tells.</summary>
    public RunKind Kind => Measures.ContainsKey("reward") ? RunKind.Rewards : Measures.ContainsKey("margin") ? RunKind.Pairs : RunKind.Texts;

    public IReadOnlyList<(int Step, string Text)> Samples { get; init; } = [];

    /// <summary>The most memory that the program has had, in bytes, whatever else it did before.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>The most memory that tensors have had while it was trained, in bytes.</summary>
    public long? TensorMemory { get; init; }

    /// <summary>From the beginning of each session to its end, or to the last that is known of it.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Tokens learned from, a second of training.</summary>
    public double? TokensPerSecond => PerSecond(step => step.Tokens);

    /// <summary>The part of the machine's multiply-adds that went into operations which training can't do without.</summary>
    public double? Utilisation => Number("flops_per_position") * PerSecond(step => step.Positions) / Number("peak_flops");

    /// <summary>The mean of the last steps' measures of that name, or null where there is none.</summary>
    public double? Latest(string measure) => Measures.TryGetValue(measure, out var values) ? values.TakeLast(LastSteps).Average(step => step.Value) : null;

    /// <summary>The mean of the last steps' training losses.</summary>
    public double LatestLoss => Steps.TakeLast(LastSteps).Average(step => step.Loss);

    /// <summary>A number that was said at the start.</summary>
    public double? Number(string name) =>
        Start.TryGetValue(name, out var text) && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads the record of a folder.</summary>
    /// <returns>The record, or null where a folder has none.</returns>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static RunRecord? Read(string folder)
    {
        var path = Path.Combine(folder, JsonLinesLog.FileName);
        if (File.Exists(path) && Parse(File.ReadLines(path)) is { Steps.Count: > 0 } record)
            return record;
        var log = LossLog.Load(folder);
        var steps = log.Records;
        return steps.Count == 0 ? null : new RunRecord
        {
            Measures = log.Measures.OfStep.Select((name, i) => (name, i)).ToDictionary(
                measure => measure.name, measure => (IReadOnlyList<(double, double)>)[.. steps.Select(step => ((double)step.Step, step.Measures[measure.i]))]),
            Steps = [.. steps.Select(step => new RunStep(step.Step, step.TrainLoss, step.LearningRate, step.GradientNorm, null, null, null))],
            Validations = [.. steps.Where(step => step.ValidationLoss is not null).Select(step => (step.Step, step.ValidationLoss!.Value, step.ValidationBitsPerByte))],
        };
    }

    /// <summary>Reads the lines of a log. What is no event is passed over: a curve with a gap is better than none.</summary>
    internal static RunRecord Parse(IEnumerable<string> lines)
    {
        var start = new Dictionary<string, string>();
        var options = new List<(string, string)>();
        var steps = new List<RunStep>();
        var validations = new List<(int, double, double?)>();
        var samples = new List<(int, string)>();
        var measures = s_measures.ToDictionary(name => name, _ => new List<(double, double)>());
        var (memory, tensors, time, session) = ((long?)null, (long?)null, 0.0, 0.0);
        foreach (var line in lines)
        {
            if (LogEvent.Parse(line) is not { } said)
                continue;
            switch (said.Name)
            {
                case "start":
                    (time, session) = (time + session, 0);
                    if (start.Count == 0)
                        (start, options) = (said.Scalars(), said.Scalars("options").Select(option => (option.Key, option.Value)).ToList());
                    break;
                case "step" when said.Number("loss") is { } loss:
                    steps.Add(new RunStep(
                        said.Step, loss, said.Number("learning_rate"), said.Number("gradient_norm"), said.Number("tokens"), said.Number("positions"), said.Number("seconds")));
                    foreach (var (name, values) in measures)
                        if (said.Number(name) is { } value)
                            values.Add((said.Step, value));
                    break;
                case "validation" when (said.Number("loss") ?? said.Number("reward")) is { } score:
                    validations.Add((said.Step, score, said.Number("bits_per_byte")));
                    break;
                case "sample" when said.Text("text") is { } text:
                    samples.Add((said.Step, text));
                    break;
            }

            session = Math.Max(session, said.Number("elapsed") ?? 0);
            memory = Most(memory, said.Number("peak_memory"));
            tensors = Most(tensors, said.Number("tensor_memory"));
        }

        return new RunRecord
        {
            Start = start,
            Options = options,
            Steps = steps,
            Validations = validations,
            Measures = measures.Where(measure => measure.Value.Count > 0).ToDictionary(measure => measure.Key, measure => (IReadOnlyList<(double, double)>)measure.Value),
            Samples = samples,
            PeakMemory = memory,
            TensorMemory = tensors,
            Time = time + session is > 0 and < 1e9 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };

        static long? Most(long? known, double? said) => said is > 0 and < long.MaxValue and var bytes ? Math.Max(known ?? 0, (long)bytes) : known;
    }

    private double? PerSecond(Func<RunStep, double?> what)
    {
        var timed = Steps.Where(step => step.Seconds > 0 && what(step) is not null).ToArray();
        return timed.Length == 0 ? null : timed.Sum(step => what(step)!.Value) / timed.Sum(step => step.Seconds!.Value);
    }
}

/// <summary>What a run learned from.</summary>
internal enum RunKind
{
    /// <summary>Texts or conversations: its loss says how far it is.</summary>
    Texts,

    /// <summary>Pairs of a better and a worse reply (DPO): its loss is that of a pair.</summary>
    Pairs,

    /// <summary>Rewards for its own replies: its loss says nothing.</summary>
    Rewards,
}

/// <summary>A step as its log has it.</summary>
internal readonly record struct RunStep(
    int Step, double Loss, double? LearningRate, double? GradientNorm, double? Tokens, double? Positions, double? Seconds);
