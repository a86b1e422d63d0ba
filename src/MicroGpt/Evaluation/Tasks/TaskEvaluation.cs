using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>
/// Asks a model the questions of tasks, as DataComp for Language Models (Li et al. 2024) and nanochat do. The mean of several
/// tasks' <see cref="TaskScore.Centred"/> is CORE.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer; for letters and generation, with special tokens for conversations.</param>
/// <param name="options">How replies are generated.</param>
/// <param name="samples">How many replies to each question of generation.</param>
public sealed class TaskEvaluation(ILanguageModel model, ITokenizer tokenizer, ReplyOptions? options = null, int samples = 1)
{
    private readonly Tape _tape = new(model.Device, recording: false);

    /// <summary>Asks all questions of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="progress">Is told how many are answered.</param>
    /// <param name="cancellation">Ends it between two questions.</param>
    /// <exception cref="ArgumentException">A question can't be expressed in the tokenizer's vocabulary, or the task needs a chat model.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public TaskScore Score(EvaluationTask task, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Validate().Kind == TaskKind.Generation)
            return new TaskScore(task, [], new SkillEvaluation(model, tokenizer, options, samples).Ask(task.Questions, progress, cancellation), Cropped: 0);
        var answers = new List<TaskAnswer>();
        var cropped = 0;
        for (var i = 0; i < task.Items.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            answers.Add(Answer(task, i, ref cropped));
            progress?.Report(answers.Count);
        }

        return new TaskScore(task, answers, Replies: null, cropped);
    }

    private TaskAnswer Answer(EvaluationTask task, int index, ref int cropped)
    {
        var item = task.Items[index];
        if (task.Kind == TaskKind.Letters)
            return Likeliest(item, LetterLosses(item, ref cropped));
        var prompts = TaskPrompt.Of(task, index, tokenizer, model.Config.ContextLength);
        cropped += prompts.Count(prompt => prompt.IsCropped);
        return task.Kind == TaskKind.LanguageModeling
            ? new TaskAnswer(item, [Loss(prompts[0], out var logits)], IsLikeliest(prompts[0], logits) ? 0 : -1)
            : Likeliest(item, [.. prompts.Select(prompt => Loss(prompt, out _))]);
    }

    private static TaskAnswer Likeliest(TaskItem item, double[] losses) => new(item, losses, Array.IndexOf(losses, losses.Min()));

    /// <summary>The mean of the scored tokens' losses, in nats.</summary>
    private double Loss(TaskPrompt prompt, out Tensor logits)
    {
        var targets = prompt.Ids[1..];
        targets.AsSpan(0, prompt.Start - 1).Fill(Tape.IgnoredTarget);
        logits = Forward(prompt.Ids.AsSpan(..^1)); // (1, T, V)
        return _tape.CrossEntropy(logits, _tape.Integers(targets, new Shape(1, targets.Length))).Item;
    }

    private static bool IsLikeliest(TaskPrompt prompt, Tensor logits)
    {
        var scores = new double[logits.Shape.Last];
        for (var position = prompt.Start; position < prompt.Ids.Length; position++)
        {
            Scores.Copy(logits, position - 1, scores);
            if (Array.IndexOf(scores, scores.Max()) != prompt.Ids[position])
                return false;
        }

        return true;
    }

    /// <summary>The negative logits of the letters, where the assistant's reply would begin.</summary>
    private double[] LetterLosses(TaskItem item, ref int cropped)
    {
        var template = ChatTemplate.Required(tokenizer, given: null);
        var ids = template.EncodePrompt(new Conversation([new Message(Message.User, LetterQuestion.Text(item))]), tokenizer);
        var context = model.Config.ContextLength;
        cropped += ids.Length > context ? 1 : 0;
        var logits = Forward(ids.AsSpan(Math.Max(0, ids.Length - context)));
        var scores = new double[logits.Shape.Last];
        Scores.Copy(logits, logits.Shape.Rows - 1, scores);
        return [.. item.Options.Select((_, i) => -scores[LetterQuestion.Token(i, tokenizer)])];
    }

    private Tensor Forward(ReadOnlySpan<int> ids)
    {
        _tape.Reset();
        return model.Forward(_tape, _tape.Integers(ids, new Shape(1, ids.Length)));
    }
}
