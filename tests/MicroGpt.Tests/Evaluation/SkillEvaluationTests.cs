using MicroGpt.Data.Curriculum;
using MicroGpt.Evaluation;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Tests.Tokenizers;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Evaluation;

public sealed class SkillEvaluationTests
{
    private static readonly Example s_said = new("p", new Message(Message.Assistant, "\"A b.\" Answer: b."), ScoringRule.Quoted, ["b"]);
    private static readonly Example s_notSaid = new("p", new Message(Message.Assistant, "No."), ScoringRule.Quoted, ["No."]);
    private static readonly Example s_count = new("p", new Message(Message.Assistant, "a1. So 1."), ScoringRule.Number, ["1"]);
    private static readonly Example s_spell = new("p", new Message(Message.Assistant, "a b"), ScoringRule.Letters, ["ab"]);

    [Fact]
    public void Scores_are_told_by_kind_where_a_skill_has_several()
    {
        var score = Score(s_said, true, s_said, false, s_notSaid, true);
        Assert.Equal(new Share(2, 3), score.All);
        Assert.Equal([("not said", new Share(1, 1)), ("said", new Share(1, 2))], score.ByKind);
        Assert.Equal([("counting", new Share(0, 1)), ("spelling", new Share(1, 1))], Score(s_count, false, s_spell, true).ByKind);
        Assert.Empty(Score(s_spell, true, s_spell, false).ByKind);
    }

    [Fact]
    public void Every_example_is_asked_and_scored_by_its_rule()
    {
        using var device = Device.Cpu(threads: 1);
        var tokenizer = new ByteTokenizer(new NanochatTemplate().SpecialTokens);
        var model = TinyModels.Create(TinyModels.Config("llama", tokenizer.VocabularySize) with { ContextLength = 60 }, device);
        var evaluation = new SkillEvaluation(model, tokenizer, new ReplyOptions { MaxTokens = 5 });
        string[] prompts = ["one", "two", "Which is the third?"];
        var replies = Score(prompts.Select(prompt => Example(prompt, "?"))).Replies;
        Assert.Equal(prompts, replies.Select(reply => reply.Example.Prompt));
        Assert.All(replies, reply => Assert.False(reply.IsRight));

        // What it said becomes what is accepted.
        var again = Score(replies.Select(reply => Example(reply.Example.Prompt, reply.Reply.Text)));
        Assert.Equal(new Share(3, 3), again.All);

        SkillScore Score(IEnumerable<Example> examples) => evaluation.Score(
            CurriculumSkills.Named("identity"), [.. examples], cancellation: TestContext.Current.CancellationToken);

        static Example Example(string prompt, string accepted) => new(prompt, new Message(Message.Assistant, accepted), ScoringRule.Exact, [accepted]);
    }

    private static SkillScore Score(params object[] replies) => new(
        CurriculumSkills.Named("passages"),
        [.. replies.Chunk(2).Select(pair => new ScoredReply((Example)pair[0], new Message(Message.Assistant, ""), (bool)pair[1]))]);
}
