using System.Text.Json;
using MicroGpt.Checkpoints;
using MicroGpt.Data.Documents;
using MicroGpt.Numerics;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>
/// Reads tasks: a <c>.jsonl</c> file, or a folder of them. In a folder, <c>tasks.json</c> may describe them in CORE's words: a list, or an
/// object with the list <c>icl_tasks</c>, of <c>label</c>, <c>dataset_uri</c>, <c>icl_task_type</c>, <c>num_fewshot</c>,
/// <c>continuation_delimiter</c> and <c>random_baseline</c>.
/// </summary>
public static class EvaluationTasks
{
    /// <summary>The file that describes a folder's tasks.</summary>
    public const string DescriptionFile = "tasks.json";

    private const int LongestLine = 16 << 20;
    private const int LargestDescription = 1 << 20;
    private const ulong OrderSeed = 1337; // nanochat's, so that the same questions are asked, with the same solved ones before them

    /// <summary>Reads the tasks in a file or folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="kind">The kind of tasks that <c>tasks.json</c> does not describe; null for what their lines look like.</param>
    /// <param name="shots">The solved questions before each one, where they are not described.</param>
    /// <exception cref="IOException">There are none, or they can't be read.</exception>
    /// <exception cref="InvalidDataException">One is damaged, or of no known kind; the message says where.</exception>
    public static IReadOnlyList<EvaluationTask> Read(string path, TaskKind? kind = null, int shots = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Directory.Exists(path))
            return [ReadFile(path, new Description(Path.GetFileNameWithoutExtension(path), path, kind, shots))];
        var description = Path.Combine(path, DescriptionFile);
        if (File.Exists(description))
            return [.. Described(description).Select(task => ReadFile(Path.Combine(path, task.File), task))];
        var files = Directory.GetFiles(path, "*.jsonl").Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0
            ? [.. files.Select(file => ReadFile(file, new Description(Path.GetFileNameWithoutExtension(file), file, kind, shots)))]
            : throw new FileNotFoundException($"{path}: there are no tasks in this folder: neither {DescriptionFile} nor .jsonl files.");
    }

    private static EvaluationTask ReadFile(string path, Description description)
    {
        if (description.Kind is not { } kind)
            kind = JsonLines.Read(path, LongestLine, "question of a task", (line, _) => TaskItemJson.KindOf(line)).FirstOrDefault();
        var task = new EvaluationTask(description.Label, kind)
        {
            Shots = description.Shots,
            Delimiter = description.Delimiter,
            StatedBaseline = description.Baseline,
        };
        task = kind == TaskKind.Generation
            ? task with { Questions = Shuffled(JsonLines.Read(path, LongestLine, "question of this kind of task", (line, _) => TaskItemJson.ReadQuestion(line))) }
            : task with { Items = Shuffled(JsonLines.Read(path, LongestLine, "question of this kind of task", (line, number) => TaskItemJson.ReadItem(line, kind, number))) };
        try
        {
            return task.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    private static T[] Shuffled<T>(IEnumerable<T> items)
    {
        var shuffled = items.ToArray();
        new MersenneTwister(OrderSeed).Shuffle(shuffled);
        return shuffled;
    }

    private static List<Description> Described(string path)
    {
        if (new FileInfo(path).Length > LargestDescription)
            throw new InvalidDataException($"{path} is larger than any description of tasks.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var list = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("icl_tasks", out var tasks) ? tasks : json.RootElement;
            if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
                throw new InvalidDataException("it holds no list of tasks");
            return [.. list.EnumerateArray().Select(Describe)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} does not describe tasks: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private static Description Describe(JsonElement element)
    {
        var json = new JsonObjectReader(element);
        var file = Required("dataset_uri");
        if (file.Contains('\0', StringComparison.Ordinal))
            throw new InvalidDataException("a dataset_uri is no name of a file");
        return new Description(Required("label"), file, TaskKindNames.Parse(Required("icl_task_type")), Shots(element))
        {
            Delimiter = json.StringOrNull("continuation_delimiter") ?? " ",
            Baseline = json.DoubleOrNull("random_baseline"),
        };

        string Required(string name) => json.StringOrNull(name) ?? throw new InvalidDataException($"a task does not say its {name}");
    }

    /// <summary>CORE writes a list of numbers, of which the first counts.</summary>
    private static int Shots(JsonElement task)
    {
        if (task.ValueKind != JsonValueKind.Object || !task.TryGetProperty("num_fewshot", out var shots))
            return 0;
        if (shots.ValueKind == JsonValueKind.Array && shots.GetArrayLength() > 0)
            shots = shots[0];
        return shots.ValueKind == JsonValueKind.Number && shots.TryGetInt32(out var number)
            ? number
            : throw new InvalidDataException("a task's num_fewshot is no number");
    }

    private sealed record Description(string Label, string File, TaskKind? Kind, int Shots)
    {
        public string Delimiter { get; init; } = " ";

        public double? Baseline { get; init; }
    }
}
