namespace MicroGpt.Evaluation.Tasks;

/// <summary>A question of a task: ways to go on, of which one is right.</summary>
/// <param name="Options">
/// The ways: of multiple choice, the same context with each choice; of a schema, each context with the same continuation; of language
/// modelling, the only one.
/// </param>
/// <param name="Gold">Which is right.</param>
/// <param name="Line">Its line in the file, from 1.</param>
public sealed record TaskItem(IReadOnlyList<TaskOption> Options, int Gold, long Line);

/// <summary>One way to go on.</summary>
/// <param name="Context">What stands before.</param>
/// <param name="Continuation">What is scored.</param>
public sealed record TaskOption(string Context, string Continuation);
