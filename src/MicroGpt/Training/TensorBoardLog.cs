using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroGpt.Training.TensorBoard;

namespace MicroGpt.Training;

/// <summary>
/// The log of a run for TensorBoard: event files beside its checkpoint, one a session, which <c>tensorboard --logdir</c> finds. Scalars for every step
/// and evaluation, texts for the settings and samples.
/// </summary>
public sealed class TensorBoardLog : ITrainingLog
{
    private const string Prefix = "events.out.tfevents.";
    private const string Suffix = ".microgpt";

    private readonly FileStream _file;
    private readonly EventRecord _record = new();
    private readonly TrainingRun _run;
    private readonly byte[][] _measures;
    private readonly byte[] _validation;

    private TensorBoardLog(FileStream file, TrainingRun run)
    {
        (_file, _run) = (file, run);
        _measures = [.. run.Measures.OfStep.Select(name => Encoding.UTF8.GetBytes($"{name}/train"))];
        _validation = Encoding.UTF8.GetBytes($"{run.Measures.Validation["val ".Length..]}/validation");
    }

    /// <summary>Whether a folder has such files.</summary>
    public static bool Exists(string folder) => FilesOf(folder).Length > 0;

    /// <summary>Begins the log of a new run, or goes on with that of a resumed one.</summary>
    /// <param name="folder">Where the run is saved.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static TensorBoardLog Open(string folder, TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(run);
        foreach (var path in FilesOf(folder))
        {
            if (run.Step == 0)
                File.Delete(path);
            else
                LogFile.Open(path, EventRecord.EndOf(File.ReadAllBytes(path), run.Step)).Dispose();
        }

        var log = new TensorBoardLog(LogFile.Open(NewName(folder), 0), run);
        try
        {
            log.WriteStart();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnStep(TrainingRecord record, int tokens)
    {
        ArgumentNullException.ThrowIfNull(record);
        Begin(record.Step)
            .Scalar("loss/train"u8, record.TrainLoss)
            .Scalar("optimizer/learning_rate"u8, record.LearningRate)
            .Scalar("optimizer/gradient_norm"u8, record.GradientNorm)
            .Scalar("speed/tokens_per_second"u8, tokens / Math.Max(_run.LastStep.Time.TotalSeconds, 1e-9));
        foreach (var (name, measure) in _measures.Zip(record.Measures))
            _record.Scalar(name, measure);
        Write(_record);
    }

    /// <inheritdoc/>
    public void OnValidation(int step, double loss)
    {
        var record = Begin(step).Scalar(_validation, loss);
        if (_run.Log.Records[^1].ValidationBitsPerByte is { } bits)
            record.Scalar("bits_per_byte/validation"u8, bits);
        Write(record);
    }

    /// <inheritdoc/>
    public void OnSaved(int step)
    {
    }

    /// <inheritdoc/>
    public void OnSample(int step, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // TensorBoard shows texts as Markdown: indented, a text is shown as it is.
        Write(Begin(step).Text("sample"u8, Indented(text)));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void WriteStart()
    {
        Write(Begin(_run.Step).FileVersion());
        if (_run.Step > 0)
            Write(Begin(_run.Step + 1).SessionStart());
        var options = JsonSerializer.Serialize(_run.Options, TrainingJson.Default.TrainerOptions);
        Write(Begin(_run.Step).Text("settings"u8, Indented($"{_run.Model.Config.Preset}: {_run.Model.Config.Sizes}\n{options}")));
    }

    private EventRecord Begin(int step) => _record.Begin(DateTime.UtcNow, step);

    private void Write(EventRecord record)
    {
        try
        {
            _file.Write(record.End());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_file.Name} could not be written: {exception.Message}", exception);
        }
    }

    private static string Indented(string text) => "    " + text.ReplaceLineEndings("\n    ");

    private static string[] FilesOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal)] : [];

    /// <summary>A name behind all others of the folder: TensorBoard reads them in the order of their names.</summary>
    private static string NewName(string folder)
    {
        var seconds = (long)(DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        string path;
        do
            path = Path.Combine(folder, Prefix + seconds++.ToString("D10", CultureInfo.InvariantCulture) + Suffix);
        while (File.Exists(path));
        return path;
    }
}
