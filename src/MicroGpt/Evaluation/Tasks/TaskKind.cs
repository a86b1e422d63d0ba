namespace MicroGpt.Evaluation.Tasks;

/// <summary>How a task is asked. The first three are those of CORE (DataComp for Language Models, Li et al. 2024).</summary>
public enum TaskKind
{
    /// <summary>One context, several continuations: right is the one whose tokens are likeliest in the mean.</summary>
    MultipleChoice,

    /// <summary>Several contexts, one continuation: right is the context in which its tokens are likeliest in the mean.</summary>
    Schema,

    /// <summary>One context, one continuation: right when at every token of it the model finds that token the likeliest.</summary>
    LanguageModeling,

    /// <summary>A chat model is given the choices with a letter each: right is the letter that it finds likeliest as its next token.</summary>
    Letters,

    /// <summary>A chat model replies in words, perhaps several times: right is what a rule accepts.</summary>
    Generation,
}

/// <summary>The names of the kinds in files.</summary>
internal static class TaskKindNames
{
    private static readonly Dictionary<string, TaskKind> s_kinds = new()
    {
        ["multiple_choice"] = TaskKind.MultipleChoice,
        ["schema"] = TaskKind.Schema,
        ["language_modeling"] = TaskKind.LanguageModeling,
        ["letters"] = TaskKind.Letters,
        ["generation"] = TaskKind.Generation,
    };

    public static string NameOf(TaskKind kind) => s_kinds.Single(known => known.Value == kind).Key;

    /// <exception cref="InvalidDataException">There is no such kind.</exception>
    public static TaskKind Parse(string name) => s_kinds.TryGetValue(name, out var kind)
        ? kind
        : throw new InvalidDataException($"there is no kind of task \"{name}\"; there are {string.Join(", ", s_kinds.Keys)}");
}
