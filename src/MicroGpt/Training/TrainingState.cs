using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// What a run needs besides the model to go on exactly where it was: <c>training-STEP.safetensors</c>, with the optimizer's
/// moments as tensors and this record as text. The step in its name is the one that <c>model.safetensors</c> must have.
/// </summary>
/// <remarks>
/// A checkpoint is written in this order: the new training state under its own name, the weights over the old weights, then the
/// old training state goes. The weights' renaming is the one instant in which the new checkpoint replaces the old; before it
/// the old pair is complete, after it the new one.
/// </remarks>
internal sealed record TrainingState
{
    private const string Key = "training";
    private const string Prefix = "training-";
    private const string Suffix = ".safetensors";

    public required int Step { get; init; }

    public required TrainerOptions Options { get; init; }

    /// <summary>The model's configuration as <c>config.json</c> has it: with another one, what is learned from would be another, too.</summary>
    public string? Model { get; init; }

    public required string Data { get; init; }

    public required CorpusKind DataKind { get; init; }

    /// <summary>How batches are made of prepared data; null where the data is a text.</summary>
    public BatchKind? BatchKind { get; init; }

    public required string DataFingerprint { get; init; }

    public required BatchState Batches { get; init; }

    public required MersenneTwisterState Random { get; init; }

    /// <summary>What a run of another kind than <see cref="Trainer"/> keeps for itself, as JSON; null for a trainer's.</summary>
    public string? Alignment { get; init; }

    public void Save(string folder, IReadOnlyCollection<Tensor> moments) =>
        SafeTensorsWriter.Write(
            FileOf(folder, Step), moments,
            new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(this, TrainingJson.Default.TrainingState) });

    /// <summary>Opens the state that belongs to the weights of a step.</summary>
    public static (TrainingState State, SafeTensorsFile Moments) Open(string folder, int step)
    {
        var path = FileOf(folder, step);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder} can't be resumed: {Path.GetFileName(path)} is missing.");
        var file = SafeTensorsFile.Open(path);
        try
        {
            var state = JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(Key, "null"), TrainingJson.Default.TrainingState)
                ?? throw new InvalidDataException($"{path} is damaged: the run's settings are missing.");
            if (state.Step != step)
                throw new InvalidDataException($"{path} is damaged: it is of step {state.Step}, not of step {step}.");
            if (!Enum.IsDefined(state.DataKind) || (state.BatchKind is { } kind && !Enum.IsDefined(kind)) || state.Data.Length == 0)
                throw new InvalidDataException($"{path} is damaged: it does not say what the run learns from.");
            state.Options.Validate();
            state.Batches.Validate();
            new MersenneTwister(0).Restore(state.Random);
            return (state, file);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            file.Dispose();
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the states of other steps, and what interrupted writes left.</summary>
    public static void DeleteOthers(string folder, int step)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            var isState = name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);
            if ((isState && path != FileOf(folder, step)) || name.EndsWith(Suffix + AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                File.Delete(path);
        }
    }

    private static string FileOf(string folder, int step) =>
        Path.Combine(folder, Prefix + step.ToString("D8", CultureInfo.InvariantCulture) + Suffix);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
