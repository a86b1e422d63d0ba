using System.Globalization;
using System.Text;
using MicroGpt.Checkpoints;

namespace MicroGpt.Training;

/// <summary>The history of a run, kept in <c>loss.csv</c> beside its checkpoint.</summary>
public sealed class LossLog
{
    /// <summary>The file's name.</summary>
    public const string FileName = "loss.csv";

    private const string Header = "step,train_loss,val_loss,learning_rate,grad_norm";

    private readonly List<TrainingRecord> _records = [];

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<TrainingRecord> Records => _records;

    internal void Add(TrainingRecord record) => _records.Add(record);

    internal void SetValidationLoss(double loss) => _records[^1] = _records[^1] with { ValidationLoss = loss };

    internal void Save(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (var record in _records)
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Step},{record.TrainLoss:R},{record.ValidationLoss:R},{record.LearningRate:R},{record.GradientNorm:R}"));
    });

    /// <summary>Reads the steps up to one; a missing or damaged file gives those that could be read: no more than a curve is lost.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="lastStep">The last step that counts.</param>
    public static LossLog Load(string folder, int lastStep = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var log = new LossLog();
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return log;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            if (Parse(line) is not { } record || record.Step > lastStep || (log._records.Count > 0 && record.Step <= log._records[^1].Step))
                break;
            log.Add(record);
        }

        return log;
    }

    private static TrainingRecord? Parse(string line)
    {
        var fields = line.Split(',');
        return fields.Length == 5
            && int.TryParse(fields[0], CultureInfo.InvariantCulture, out var step)
            && Number(fields[1]) is { } train
            && Number(fields[3]) is { } rate
            && Number(fields[4]) is { } norm
            ? new TrainingRecord(step, train, Number(fields[2]), rate, norm)
            : null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
