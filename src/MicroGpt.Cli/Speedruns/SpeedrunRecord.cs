using System.Text.Json;
using System.Text.Json.Serialization;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Speedruns;

/// <summary>What <c>speedrun.json</c> tells: what was asked for, what was decided, and which stages are done.</summary>
internal sealed record SpeedrunRecord
{
    public const string FileName = "speedrun.json";

    /// <summary>The time that all of it may take.</summary>
    public double Minutes { get; init; } = 10;

    /// <summary>The depth that was asked for, or null for what the time allows.</summary>
    public int? Depth { get; init; }

    /// <summary>The person's own texts.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>The language of the curriculum.</summary>
    public string Language { get; init; } = SpeedrunPlan.English;

    public ulong Seed { get; init; } = 1;

    /// <summary>What was decided, or null as long as the machine has not been measured.</summary>
    public SpeedrunPlan? Plan { get; init; }

    /// <summary>Whether the plan came from another run: then this machine's speed changes nothing in it.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The seconds that stages took, by their names, in their order. Those that were stopped are among them with what they took until then.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();

    /// <summary>The stages that are done.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Whether a file is what is left of a record that was being written when the program was killed.</summary>
    public static bool IsLeftover(string path) => Path.GetFileName(path) == FileName + AtomicFile.TemporarySuffix;

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static SpeedrunRecord Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SpeedrunJson.Default.SpeedrunRecord)?.Validate()
                ?? throw new JsonException("There is nothing in it.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message} Delete {folder} to begin anew, or choose another --out.", exception);
        }
    }

    public void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, SpeedrunJson.Default.SpeedrunRecord));

    /// <summary>The record with more time spent on a stage.</summary>
    public SpeedrunRecord With(string stage, double seconds, bool isDone) => this with
    {
        Seconds = new Dictionary<string, double>(Seconds) { [stage] = Seconds.GetValueOrDefault(stage) + seconds },
        Done = isDone ? [.. Done, stage] : Done,
    };

    /// <summary>The same run from its beginning, with what it decided.</summary>
    public SpeedrunRecord Again() => this with { IsRepeated = true, Seconds = new Dictionary<string, double>(), Done = [] };

    /// <summary>Checks what a person may say.</summary>
    /// <exception cref="ArgumentException">Something is out of range.</exception>
    public SpeedrunRecord Validate()
    {
        if (!(Minutes is >= 0.1 and <= 100_000))
            throw new ArgumentException("--minutes must be from 0.1 to 100,000.");
        if ((Depth ?? Plan?.Layers) is < 1 or > SpeedrunPlan.MostLayers)
            throw new ArgumentException($"--depth must be from 1 to {SpeedrunPlan.MostLayers}.");
        if (Language is not (SpeedrunPlan.English or SpeedrunPlan.Chinese))
            throw new ArgumentException($"--language must be {SpeedrunPlan.English} or {SpeedrunPlan.Chinese}.");
        if (Data is null || Seconds is null || Done is null)
            throw new ArgumentException("Something is missing in it.");
        if (Plan is { } plan && (plan.OwnSteps < 0 || plan.PretrainingSteps < 1 || plan.FineTuningSteps < 1 || plan.RewardSteps < 0))
            throw new ArgumentException("A number of steps can't be.");
        return this;
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SpeedrunRecord))]
internal sealed partial class SpeedrunJson : JsonSerializerContext;
