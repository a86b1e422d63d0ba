using System.Globalization;
using System.Text;
using MicroGpt.Checkpoints;

namespace MicroGpt.Training;

/// <summary>The history of a run, kept in <c>loss.csv</c> beside its checkpoint.</summary>
public sealed class LossLog
{
    /// <summary>The file's name.</summary>
    public const string FileName = "loss.csv";

    private const string BitsPerByte = "val_bits_per_byte";

    private readonly List<TrainingRecord> _records = [];

    /// <summary>An empty log.</summary>
    /// <param name="measures">What is measured, by names that become columns.</param>
    internal LossLog(Measures measures) => Measures = measures;

    /// <summary>What is measured.</summary>
    public Measures Measures { get; private set; }

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<TrainingRecord> Records => _records;

    internal void Add(TrainingRecord record) => _records.Add(record);

    internal void SetValidation(ValidationScore score) =>
        _records[^1] = _records[^1] with { ValidationLoss = score.Loss, ValidationBitsPerByte = score.BitsPerByte };

    internal void Save(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header(Measures));
        foreach (var record in _records)
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Step},{record.TrainLoss:R},{record.ValidationLoss:R},{record.LearningRate:R},{record.GradientNorm:R}{Further(record)}"));
    });

    /// <summary>Reads the steps up to one; a missing or damaged file gives those that could be read: no more than a curve is lost.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="lastStep">The last step that counts.</param>
    /// <param name="measures">What the run measures; null for what the file says.</param>
    public static LossLog Load(string folder, int lastStep = int.MaxValue, Measures? measures = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var log = new LossLog(measures ?? Measures.OfLoss);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return log;
        bool? hasBits = null; // older files lack them
        foreach (var line in File.ReadLines(path))
        {
            if (hasBits is null)
            {
                hasBits = line.EndsWith(',' + BitsPerByte, StringComparison.Ordinal);
                if (measures is null)
                    log.Measures = MeasuresOf(line);
                continue;
            }

            if (Parse(line, log.Measures.OfStep.Count, hasBits.Value) is not { } record || record.Step > lastStep || (log._records.Count > 0 && record.Step <= log._records[^1].Step))
                break;
            log.Add(record);
        }

        return log;
    }

    private static string Header(Measures measures) =>
        string.Join(',', ["step", "train_loss", Column(measures.Validation), "learning_rate", "grad_norm", .. Further(measures)]);

    /// <summary>What a header says is measured.</summary>
    private static Measures MeasuresOf(string header)
    {
        var columns = header.Replace('_', ' ').Split(',');
        if (columns.Length <= 5 || columns[5] == BitsPerByte.Replace('_', ' '))
            return Measures.OfLoss;
        var byLoss = columns[2] == Measures.OfLoss.Validation;
        return new Measures(byLoss ? Measures.OfLoss.Loss : null, columns[2], columns[5..]) { HigherIsBetter = !byLoss };
    }

    /// <summary>What a run on texts is judged by besides, or what another run measures.</summary>
    private static IEnumerable<string> Further(Measures measures) => measures.OfStep.Count == 0 ? [BitsPerByte] : measures.OfStep.Select(Column);

    private static string Column(string name) => name.Replace(' ', '_');

    private string Further(TrainingRecord record) => Measures.OfStep.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $",{record.ValidationBitsPerByte:R}")
        : string.Concat(record.Measures.Select(measure => string.Create(CultureInfo.InvariantCulture, $",{measure:R}")));

    private static TrainingRecord? Parse(string line, int measures, bool hasBits)
    {
        var fields = line.Split(',');
        hasBits &= fields.Length == 6;
        if (fields.Length - (hasBits ? 1 : 0) != 5 + measures)
            return null;
        var further = fields[5..(5 + measures)].Select(Number).ToArray();
        var record = int.TryParse(fields[0], CultureInfo.InvariantCulture, out var step)
            && Number(fields[1]) is { } train
            && Number(fields[3]) is { } rate
            && Number(fields[4]) is { } norm
            && Array.TrueForAll(further, measure => measure is not null)
            ? new TrainingRecord(step, train, Number(fields[2]), rate, norm) { ValidationBitsPerByte = hasBits ? Number(fields[^1]) : null }
            : null;
        return further.Length == 0 || record is null ? record : record with { Measures = [.. further.Select(measure => measure!.Value)] };
    }

    private static double? Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
