using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Documents;

/// <summary>
/// Tasks that people know by name, as conversations: which columns their data has, what the person says and what the assistant replies.
/// The words are those of the curriculum, so that a model that has learned it need not learn another form.
/// </summary>
public sealed class TaskForm
{
    private readonly Func<IReadOnlyList<string>, string> _ask;

    private TaskForm(string name, string[] columns, string? optional, Func<IReadOnlyList<string>, string> ask) =>
        (Name, Columns, OptionalColumn, _ask) = (name, columns, optional, ask);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TaskForm> All { get; } =
    [
        new("sentiment", ["text", "label"], null, cells => $"Sentiment: {cells[0]}"),
        new("summarize", ["text", "summary"], null, cells => $"Summarize in one sentence: {cells[0]}"),
        new("qa", ["question", "answer"], "passage", cells => cells.Count < 3 || cells[2].Length == 0 ? cells[0] : $"{cells[0]}\nPassage: {cells[2]}"),
    ];

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>The columns of its data: what is asked, and what is to be replied.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>A column that may be missing.</summary>
    public string? OptionalColumn { get; }

    /// <summary>The task of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TaskForm Named(string name) => All.FirstOrDefault(form => form.Name == name)
        ?? throw new ArgumentException($"There is no task \"{name}\"; there are {string.Join(", ", All.Select(form => form.Name))}. Anything else can be learned from conversations (docs/finetuning.md).");

    /// <summary>What a person says to a model that has learned the task.</summary>
    /// <param name="cells">The columns, and the optional one where there is one.</param>
    public string Ask(IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return _ask(cells);
    }

    /// <summary>The conversations that a table makes: a file .csv, .tsv or .jsonl whose records have the columns.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">A record is damaged, or a column is missing or empty; the message says where.</exception>
    public IEnumerable<Document> Read(string path) =>
        TableRecords.Read(path, Columns, OptionalColumn).Select(record =>
        {
            var empty = Columns.Select((column, i) => (column, i)).FirstOrDefault(column => string.IsNullOrWhiteSpace(record.Cells[column.i]));
            return empty.column is null
                ? new Document(new Conversation([new Message(Message.User, Ask(record.Cells)), new Message(Message.Assistant, record.Cells[1])]), path, record.Number)
                : throw new InvalidDataException($"{path}: line {record.Number:N0}: {empty.column} is empty.");
        });
}
