using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// The log of a run for programs, <c>log.jsonl</c> beside its checkpoint: a JSON object a line, of which <c>event</c> says what happened and
/// <c>elapsed</c> when, in seconds since this session began. docs/training.md lists the fields.
/// </summary>
public sealed class JsonLinesLog : ITrainingLog
{
    /// <summary>The file's name.</summary>
    public const string FileName = "log.jsonl";

    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TrainingRun _run;
    private readonly string _path;
    private string? _previous; // another run's log, until this run has a checkpoint to replace that run's
    private bool _isBroken; // what could not be written is not tried again when the log is closed

    private JsonLinesLog(FileStream file, string path, string? previous, TrainingRun run) =>
        (_file, _path, _previous, _run, _json) = (file, path, previous, run, new Utf8JsonWriter(_line));

    /// <summary>Begins the log of a new run, or goes on with that of a resumed one.</summary>
    /// <param name="folder">Where the run is saved.</param>
    /// <param name="run">The run.</param>
    /// <param name="command">What repeats it, for people; or null.</param>
    /// <param name="peak">The most operations a second that the device does (<see cref="Device.MeasurePeak"/>), or null where that is not known.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static JsonLinesLog Open(string folder, TrainingRun run, string? command = null, double? peak = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(run);
        var path = Path.Combine(folder, FileName);
        var previous = run.Step == 0 && File.Exists(path) ? path + ".previous" : null;
        if (previous is not null)
            File.Move(path, previous, overwrite: true);
        var file = LogFile.Open(path, run.Step == 0 ? 0 : EndOf(path, run.Step));
        var log = new JsonLinesLog(file, path, previous, run);
        Storage.ForgetPeak();
        try
        {
            log.WriteStart(command, peak);
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnStep(TrainingRecord record, int tokens)
    {
        ArgumentNullException.ThrowIfNull(record);
        Begin("step", record.Step);
        Number("loss", record.TrainLoss);
        Number("learning_rate", record.LearningRate);
        Number("gradient_norm", record.GradientNorm);
        _json.WriteNumber("tokens", tokens);
        _json.WriteNumber("positions", _run.LastStep.Positions);
        foreach (var (name, measure) in _run.Measures.OfStep.Zip(record.Measures))
            Number(name, measure);
        Number("seconds", Math.Round(_run.LastStep.Time.TotalSeconds, 7));
        End();
    }

    /// <inheritdoc/>
    public void OnValidation(int step, double loss)
    {
        Begin("validation", step);
        Number(_run.Measures.Validation["val ".Length..], loss);
        if (_run.Log.Records[^1].ValidationBitsPerByte is { } bits)
            Number("bits_per_byte", bits);
        End();
    }

    /// <inheritdoc/>
    public void OnSaved(int step)
    {
        if (_previous is not null)
            File.Delete(_previous);
        _previous = null;
        Begin("save", step);
        Memory();
        End();
    }

    /// <inheritdoc/>
    public void OnSample(int step, string text)
    {
        Begin("sample", step);
        _json.WriteString("text", text);
        End();
    }

    /// <summary>Writes that the session ends, and closes the file.</summary>
    public void Dispose()
    {
        try
        {
            if (!_isBroken)
            {
                Begin("stop", _run.Step);
                Memory();
                End();
            }
        }
        finally
        {
            _file.Dispose();
            _json.Dispose();
            if (_previous is not null)
                File.Move(_previous, _path, overwrite: true); // what it tells of is still there
        }
    }

    private void WriteStart(string? command, double? peak)
    {
        var (config, device) = (_run.Model.Config, _run.Model.Device);
        Begin("start", _run.Step);
        _json.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        _json.WriteString("version", typeof(JsonLinesLog).Assembly.GetName().Version!.ToString(fieldCount: 3));
        if (command is not null)
            _json.WriteString("command", command);
        _json.WriteString("machine", Machine.Description);
        _json.WriteString("device", device.Description);
        if (peak is { } most)
            Number("peak_flops", Math.Round(most));
        if (_run.FlopsPerPosition is { } flops)
            Number("flops_per_position", flops);
        _json.WriteString("preset", config.Preset);
        _json.WriteString("sizes", config.Sizes);
        _json.WriteNumber("parameters", _run.Model.ParameterCount);
        _json.WriteNumber("learned_parameters", _run.LearnedParameterCount);
        _json.WriteNumber("predicted_memory", _run.Memory.Total);
        _json.WriteString("data", _run.Data);
        if (_run is Trainer trainer)
        {
            _json.WriteNumber("train_tokens", trainer.Tokens.TrainTokens);
            _json.WriteNumber("validation_tokens", trainer.Tokens.ValidationTokens);
        }

        _json.WriteNumber("vocabulary", config.VocabularySize);
        _json.WriteNumber("context", config.ContextLength);
        _json.WritePropertyName("options");
        JsonSerializer.Serialize(_json, _run.Options, TrainingJson.Default.TrainerOptions);
        End();
    }

    private void Begin(string what, int step)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("event", what);
        _json.WriteNumber("step", step);
        _json.WriteNumber("elapsed", Math.Round(_watch.Elapsed.TotalSeconds, 4));
    }

    /// <summary>The most that the whole program has taken since it began, and its tensors since this session did.</summary>
    private void Memory()
    {
        using var process = Process.GetCurrentProcess();
        _json.WriteNumber("peak_memory", process.PeakWorkingSet64);
        _json.WriteNumber("tensor_memory", Storage.PeakBytes);
    }

    /// <summary>JSON has no infinite numbers.</summary>
    private void Number(string name, double value)
    {
        if (double.IsFinite(value))
            _json.WriteNumber(name, value);
        else
            _json.WriteNull(name);
    }

    /// <summary>At once, and in one piece: a line costs some microseconds, and what stops the program can't take it.</summary>
    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        try
        {
            _file.Write(_line.WrittenSpan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isBroken = true;
            throw new IOException($"{_file.Name} could not be written: {exception.Message}", exception);
        }
    }

    /// <summary>Where the lines of a file up to a step end; a line that is damaged, or was cut short, ends them too.</summary>
    private static long EndOf(string path, int step)
    {
        if (!File.Exists(path))
            return 0;
        ReadOnlySpan<byte> content = File.ReadAllBytes(path);
        var end = 0;
        while (content[end..].IndexOf((byte)'\n') is >= 0 and var length && StepOf(content.Slice(end, length)) is { } at && at <= step)
            end += length + 1;
        return end;
    }

    private static int? StepOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("step", out var step)
                && step.ValueKind == JsonValueKind.Number && step.TryGetInt32(out var number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
