using System.Globalization;
using MicroGpt.Evaluation;
using MicroGpt.Evaluation.Tasks;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Output;

/// <summary>Scores as lines for people, each as soon as it is known.</summary>
/// <param name="context">Where to.</param>
/// <param name="passes">The k of pass@k.</param>
/// <param name="mistakes">How many wrong replies are shown of each.</param>
internal sealed class EvaluationLines(CommandContext context, IReadOnlyList<int> passes, int mistakes)
{
    public void Write(SkillScore score)
    {
        context.WriteLine(Line(score.Skill.Name, score.All, score.Samples == 1 ? score.All.Estimate : score.Pass(1)));
        WritePasses(score);
        foreach (var (kind, share) in score.ByKind)
            context.WriteLine(Line("  " + kind, share, share.Estimate));
        WriteMistakes(score);
    }

    public void Write(TaskScore score)
    {
        var task = score.Task;
        context.WriteLine(Line(task.Name, score.All, score.Accuracy));
        context.WriteLine(Invariant($"  above chance {100 * score.Centred.Value,12:F1}%   ({task.Kind}, {task.Shots} solved before, chance {100 * task.Baseline:F1}%; 95%: {100 * score.Centred.Low:F1} to {100 * score.Centred.High:F1})"));
        if (score.Cropped > 0)
            context.WriteLine($"  {score.Cropped:N0} prompts were longer than the model's context and lost their beginnings.");
        if (score.Replies is { } replies)
        {
            WritePasses(replies);
            WriteMistakes(replies);
        }

        foreach (var wrong in score.Answers.Where(answer => !answer.IsRight).Take(mistakes))
            WriteMistake(wrong);
    }

    public void Write(string name, TextScore score) => context.WriteLine(Invariant(
        $"{name,-20} {score.BitsPerByte.Value,6:F3} bits a byte{Interval(score.BitsPerByte, "F3")}, perplexity {score.Perplexity.Value:F2}{Interval(score.Perplexity, "F2")}"));

    public void WriteCore(Estimate? core)
    {
        if (core is { } mean)
            context.WriteLine(Invariant($"{"mean above chance",-20} {100 * mean.Value,5:F1}%  (95%: {100 * mean.Low:F1} to {100 * mean.High:F1})"));
    }

    private void WritePasses(ReplyScore score)
    {
        foreach (var k in passes)
            if (score.Pass(k) is var pass)
                context.WriteLine(Invariant($"  pass@{k,-13} {100 * pass.Value,5:F1}%  (95%: {100 * pass.Low:F1} to {100 * pass.High:F1})"));
    }

    private void WriteMistakes(ReplyScore score)
    {
        foreach (var wrong in score.Replies.Where(reply => !reply.IsRight).Take(mistakes))
        {
            context.WriteLine("    > " + wrong.Example.Prompt.ReplaceLineEndings(" / "));
            context.WriteLine($"    {InWords(wrong.Reply)}   instead of   {InWords(wrong.Example.Reply)}");
        }
    }

    private void WriteMistake(TaskAnswer wrong)
    {
        var right = wrong.Item.Options[wrong.Item.Gold];
        context.WriteLine($"    > {right.Context.ReplaceLineEndings(" / ")} {(wrong.Chosen < 0 ? "" : right.Continuation.ReplaceLineEndings(" / "))}".TrimEnd());
        if (wrong.Chosen < 0)
            context.WriteLine($"    something else   instead of   {right.Continuation.ReplaceLineEndings(" / ")}");
        else if (wrong.Item.Options[wrong.Chosen] is var chosen)
            context.WriteLine($"    {(chosen.Context == right.Context ? chosen.Continuation : chosen.Context).ReplaceLineEndings(" / ")}   instead of it");
    }

    private static string Line(string name, Share share, Estimate estimate) => Invariant(
        $"{name,-20} {100 * share.Value,5:F1}%  {share.Right,5} of {share.Count,-5} (95%: {100 * estimate.Low:F1} to {100 * estimate.High:F1})");

    private static string Interval(Estimate estimate, string format) => double.IsNaN(estimate.Low)
        ? ""
        : $" (95%: {estimate.Low.ToString(format, CultureInfo.InvariantCulture)} to {estimate.High.ToString(format, CultureInfo.InvariantCulture)})";

    private static string InWords(Message reply) => ReplyText.Of(reply).ReplaceLineEndings(" / ");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
