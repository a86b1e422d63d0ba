using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>A text with a part at its end that is scored, in tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Start">Where the scored part begins, from 1.</param>
/// <param name="IsCropped">Whether its beginning was left out, since the model's context is too short for it.</param>
internal sealed record TaskPrompt(int[] Ids, int Start, bool IsCropped)
{
    private const ulong ShotSeed = 1234; // nanochat's, plus the number of the question

    /// <summary>
    /// The options of a question, each behind the same solved ones. What is scored begins where the options' tokens part: of multiple choice
    /// behind the longest common beginning, of a schema with the longest common end, of language modelling behind the context.
    /// </summary>
    public static TaskPrompt[] Of(EvaluationTask task, int index, ITokenizer tokenizer, int context)
    {
        var item = task.Items[index];
        var solved = string.Concat(Shots(task, index).Select(shot => Text(shot.Options[shot.Gold], task) + "\n\n"));
        var texts = item.Options.Select(option => solved + Text(option, task)).ToList();
        if (task.Kind == TaskKind.LanguageModeling)
            texts.Add((solved + item.Options[0].Context + task.Delimiter).Trim());
        var tokens = texts.Select(text => Encode(text, tokenizer)).ToArray();
        var common = task.Kind == TaskKind.Schema ? CommonEnd(tokens) : CommonStart(tokens);
        return [.. tokens.Take(item.Options.Count).Select(ids => Cropped(ids, task.Kind == TaskKind.Schema ? ids.Length - common : common, context))];
    }

    private static string Text(TaskOption option, EvaluationTask task) => option.Context + task.Delimiter + option.Continuation;

    private static IEnumerable<TaskItem> Shots(EvaluationTask task, int index) => task.Shots == 0
        ? []
        : new MersenneTwister(ShotSeed + (ulong)index).Sample(task.Items.Count - 1, task.Shots).Select(other => task.Items[other < index ? other : other + 1]);

    private static int[] Encode(string text, ITokenizer tokenizer) =>
        tokenizer.BosId is { } bos ? [bos, .. tokenizer.Encode(text)] : tokenizer.Encode(text);

    private static int CommonStart(int[][] tokens)
    {
        var shortest = tokens.Min(ids => ids.Length);
        var common = 0;
        while (common < shortest && tokens.All(ids => ids[common] == tokens[0][common]))
            common++;
        return common;
    }

    private static int CommonEnd(int[][] tokens)
    {
        var shortest = tokens.Min(ids => ids.Length);
        var common = 0;
        while (common < shortest && tokens.All(ids => ids[^(common + 1)] == tokens[0][^(common + 1)]))
            common++;
        return common;
    }

    /// <summary>The end, as much as the context holds. At least one token is scored, and the first is not: nothing predicts it.</summary>
    private static TaskPrompt Cropped(int[] ids, int start, int context)
    {
        if (ids.Length < 2)
            throw new InvalidDataException("A question has fewer than two tokens: there is nothing to predict.");
        var cropped = Math.Max(0, ids.Length - context);
        return new TaskPrompt(ids[cropped..], Math.Clamp(start - cropped, 1, ids.Length - cropped - 1), cropped > 0);
    }
}
