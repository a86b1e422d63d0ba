namespace MicroGpt.Evaluation.Tasks;

/// <summary>What a model chose at a question.</summary>
/// <param name="Item">The question.</param>
/// <param name="Losses">
/// Of each option, how unlikely the model finds it: the mean of its scored tokens in nats, or with letters the logit's negative.
/// </param>
/// <param name="Chosen">The option chosen: the likeliest; of language modelling 0, or −1 where another token was likelier somewhere.</param>
public sealed record TaskAnswer(TaskItem Item, IReadOnlyList<double> Losses, int Chosen)
{
    /// <summary>Whether it is right.</summary>
    public bool IsRight => Chosen == Item.Gold;
}

/// <summary>How well a model does at a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Answers">What it chose, in the task's order; none where replies are generated.</param>
/// <param name="Replies">What it replied, where replies are generated.</param>
/// <param name="Cropped">Prompts that were longer than the model's context and lost their beginnings.</param>
public sealed record TaskScore(EvaluationTask Task, IReadOnlyList<TaskAnswer> Answers, ReplyScore? Replies, int Cropped)
{
    /// <summary>How many were right of all that were asked.</summary>
    public Share All => Replies?.All ?? new Share(Answers.Count(answer => answer.IsRight), Answers.Count);

    /// <summary>The share of questions that were answered right; of several replies to each, the mean.</summary>
    public Estimate Accuracy => Replies?.Pass(1) ?? All.Estimate;

    /// <summary>The same on a scale where chance is 0.</summary>
    public Estimate Centred => Accuracy.Centred(Task.Baseline);
}
