using System.Text.Json;
using MicroGpt.Training;

namespace MicroGpt.Cli.Report;

/// <summary>What a run wrote down in its folder: <c>log.jsonl</c>, or where that is missing <c>loss.csv</c>.</summary>
internal sealed record RunRecord
{
    /// <summary>What the first session said when it began: its command, its machine, the model's sizes. Empty where there is no log.</summary>
    public IReadOnlyDictionary<string, string> Start { get; init; } = new Dictionary<string, string>();

    /// <summary>How it was trained, by the names of the log.</summary>
    public IReadOnlyList<(string Name, string Value)> Options { get; init; } = [];

    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    public IReadOnlyList<(int Step, double Loss, double? BitsPerByte)> Validations { get; init; } = [];

    public IReadOnlyList<(int Step, string Text)> Samples { get; init; } = [];

    /// <summary>The most memory that the program has had, in bytes.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>From the beginning of each session to its end, or to the last that is known of it.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Tokens learned from, a second of training.</summary>
    public double? TokensPerSecond => PerSecond(step => step.Tokens);

    /// <summary>The part of the machine's multiply-adds that went into operations which training can't do without.</summary>
    public double? Utilisation => Number("flops_per_position") * PerSecond(step => step.Positions) / Number("peak_flops");

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
        var steps = LossLog.Load(folder).Records;
        return steps.Count == 0 ? null : new RunRecord
        {
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
        var (memory, time, session) = ((long?)null, 0.0, 0.0);
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
                    break;
                case "validation" when said.Number("loss") is { } loss:
                    validations.Add((said.Step, loss, said.Number("bits_per_byte")));
                    break;
                case "sample" when said.Text("text") is { } text:
                    samples.Add((said.Step, text));
                    break;
            }

            session = Math.Max(session, said.Number("elapsed") ?? 0);
            if (said.Number("peak_memory") is > 0 and < long.MaxValue and var bytes)
                memory = Math.Max(memory ?? 0, (long)bytes);
        }

        return new RunRecord
        {
            Start = start,
            Options = options,
            Steps = steps,
            Validations = validations,
            Samples = samples,
            PeakMemory = memory,
            Time = time + session is > 0 and < 1e9 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private double? PerSecond(Func<RunStep, double?> what)
    {
        var timed = Steps.Where(step => step.Seconds > 0 && what(step) is not null).ToArray();
        return timed.Length == 0 ? null : timed.Sum(step => what(step)!.Value) / timed.Sum(step => step.Seconds!.Value);
    }
}

/// <summary>A step as its log has it.</summary>
internal readonly record struct RunStep(
    int Step, double Loss, double? LearningRate, double? GradientNorm, double? Tokens, double? Positions, double? Seconds);
