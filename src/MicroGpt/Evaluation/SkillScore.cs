using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation;

/// <summary>What a model replied to an example.</summary>
/// <param name="Example">The example.</param>
/// <param name="Reply">The model's reply.</param>
/// <param name="IsRight">Whether it is right.</param>
public sealed record ScoredReply(Example Example, Message Reply, bool IsRight);

/// <summary>How well a model replied to some questions.</summary>
/// <param name="Replies">Its replies, in the order of the examples.</param>
/// <param name="Samples">How many to each example, one behind the other.</param>
public record ReplyScore(IReadOnlyList<ScoredReply> Replies, int Samples = 1)
{
    /// <summary>All of them.</summary>
    public Share All => ShareOf(Replies);

    /// <summary>The share of examples to which at least one of k replies would be right (<see cref="PassAtK"/>).</summary>
    /// <param name="k">How many replies, at most as many as there are samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public Estimate Pass(int k)
    {
        var examples = Replies.Chunk(Samples).Select(replies => PassAtK.Of(Samples, replies.Count(reply => reply.IsRight), k)).ToArray();
        return Estimate.OfShare(examples.DefaultIfEmpty().Average(), examples.Length);
    }

    private protected static Share ShareOf(IEnumerable<ScoredReply> replies) => new(replies.Count(reply => reply.IsRight), replies.Count());
}

/// <summary>How well a model has learned a skill.</summary>
/// <param name="Skill">The skill.</param>
/// <param name="Replies">Its replies, in the order of the examples.</param>
/// <param name="Samples">How many to each example, one behind the other.</param>
public sealed record SkillScore(ISkill Skill, IReadOnlyList<ScoredReply> Replies, int Samples = 1) : ReplyScore(Replies, Samples)
{
    /// <summary>
    /// The same by kind of question, where a skill has several: counting and spelling, passages that answer and passages that don't,
    /// each tool. Empty where it has one.
    /// </summary>
    public IReadOnlyList<(string Kind, Share Share)> ByKind
    {
        get
        {
            var kinds = Replies.GroupBy(reply => KindOf(reply.Example), StringComparer.Ordinal).OrderBy(kind => kind.Key, StringComparer.Ordinal).ToArray();
            return kinds.Length < 2 ? [] : [.. kinds.Select(kind => (kind.Key, ShareOf(kind)))];
        }
    }

    private static string KindOf(Example example) => example.Rule switch
    {
        ScoringRule.Quoted => example.Reply.Text.EndsWith(example.Accepted[0], StringComparison.Ordinal) ? "not said" : "said",
        ScoringRule.Tool => example.Accepted[0],
        ScoringRule.Letters => "spelling",
        ScoringRule.Number => "counting",
        _ => "",
    };
}
