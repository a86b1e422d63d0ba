using MicroGpt.Data.Curriculum;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>Questions of one kind, which anyone may have written; <see cref="EvaluationTasks"/> reads them.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Kind">How it is asked.</param>
public sealed record EvaluationTask(string Name, TaskKind Kind)
{
    /// <summary>The questions, of every kind but <see cref="TaskKind.Generation"/>, in the order in which they are asked.</summary>
    public IReadOnlyList<TaskItem> Items { get; init; } = [];

    /// <summary>The questions of <see cref="TaskKind.Generation"/>, in the order in which they are asked.</summary>
    public IReadOnlyList<Example> Questions { get; init; } = [];

    /// <summary>Solved questions that stand before each one; none where a chat model is asked.</summary>
    public int Shots { get; init; }

    /// <summary>What stands between a context and its continuation.</summary>
    public string Delimiter { get; init; } = " ";

    /// <summary>The share that chance is right about, where it was stated; null for one among the options, or nothing.</summary>
    public double? StatedBaseline { get; init; }

    /// <summary>How many questions there are.</summary>
    public int Count => Items.Count + Questions.Count;

    /// <summary>The share that chance is right about.</summary>
    public double Baseline => StatedBaseline ?? (Kind is TaskKind.LanguageModeling or TaskKind.Generation ? 0 : Items.Average(item => 1.0 / item.Options.Count));

    /// <summary>The same task with its first questions only.</summary>
    public EvaluationTask Take(int most) => this with { Items = [.. Items.Take(most)], Questions = [.. Questions.Take(most)] };

    /// <summary>Checks that it can be asked.</summary>
    /// <returns>This task.</returns>
    /// <exception cref="ArgumentException">It can't; the message says why.</exception>
    public EvaluationTask Validate()
    {
        if (Count == 0)
            throw new ArgumentException($"The task {Name} has no questions.");
        if (Shots < 0 || (Shots > 0 && Kind is TaskKind.Letters or TaskKind.Generation))
            throw new ArgumentException($"{Name}: solved questions can stand before those of multiple_choice, schema and language_modeling only, and not fewer than 0.");
        if (Shots >= Count)
            throw new ArgumentException($"{Name}: {Shots} solved questions before each one need at least {Shots + 1} questions; there are {Count}.");
        if (StatedBaseline is { } baseline && !(baseline is >= 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"{Name}: the random baseline is a share from 0 to below 1 (25% is 0.25), not {baseline}."));
        return this;
    }
}
