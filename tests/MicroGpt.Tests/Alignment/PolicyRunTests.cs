using MicroGpt.Alignment;
using MicroGpt.Checkpoints;
using MicroGpt.Data.Curriculum;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests.Alignment;

/// <summary>What is rewarded becomes likelier.</summary>
public sealed class PolicyRunTests : IDisposable
{
    private static readonly AlignmentOptions s_options = new() { MaxTokens = 6, Group = 4, Prompts = 3, Skills = ["arithmetic", "identity"] };

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);
    private readonly string _model;

    public PolicyRunTests() => _model = AlignmentModels.Write(_folder, context: 128);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(AlignmentMethod.Reinforce, 0.0, false)]
    [InlineData(AlignmentMethod.Grpo, 0.0, false)]
    [InlineData(AlignmentMethod.Grpo, 0.05, true)]
    public void The_mean_reward_rises(AlignmentMethod method, double beta, bool withAdapter)
    {
        var options = s_options with { Method = method, Beta = beta, Prompts = 4, Group = 8 };
        var run = Start(options, withAdapter, AlignmentModels.Options with { Steps = 60, LearningRate = 0.02, BatchSize = 16 });
        var before = run.TrainStep().Measures[0];
        while (run.Step < run.Options.Steps)
            run.TrainStep();
        var after = run.Log.Records.TakeLast(5).Average(record => record.Measures[0]);
        Assert.True(after > before + 0.04, $"The mean reward went from {before:F2} to {after:F2}.");
        Assert.Empty(run.Remarks);
        if (beta > 0)
            Assert.All(run.Log.Records.Skip(5), record => Assert.True(record.Measures[1] > 0, "The model has left its reference."));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_stopped_anywhere_and_resumed_equals_the_uninterrupted_one(bool withAdapter) => AlignmentModels.GoesOnExactly(
        _folder, () => Start(s_options with { Method = AlignmentMethod.Grpo }, withAdapter),
        folder => AlignmentRun.Resume(folder, _device, reward: new Lowercase()), withAdapter);

    [Fact]
    public void A_model_that_is_its_reference_has_not_gone_away_from_it() =>
        Assert.Equal(0, Start(s_options with { Method = AlignmentMethod.Grpo }).TrainStep().Measures[1]);

    [Fact]
    public void A_step_in_parts_is_the_same_step()
    {
        var whole = Start(s_options, options: AlignmentModels.Options with { BatchSize = 12 }).TrainStep();
        var parts = Start(s_options, options: AlignmentModels.Options with { BatchSize = 5 }).TrainStep();
        Assert.Equal(whole.Measures, parts.Measures);
        Assert.Equal(whole.TrainLoss, parts.TrainLoss, 1e-6);
        Assert.Equal(whole.GradientNorm, parts.GradientNorm, 1e-5);
    }

    [Fact]
    public void Where_no_reply_is_better_than_another_nothing_is_learned_and_that_is_told()
    {
        var run = AlignmentRun.Start(ModelCheckpoint.Load(_model, _device), null, s_options, AlignmentModels.Options with { Steps = 2 });
        var before = run.Model.Parameters.SelectMany(parameter => parameter.Bytes.ToArray()).ToArray();
        AlignmentModels.Run(run, _folder.File("run"));
        Assert.Equal(before, run.Model.Parameters.SelectMany(parameter => parameter.Bytes.ToArray()).ToArray());
        Assert.Contains("nothing was learned", Assert.Single(run.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_give_prompts_and_right_replies()
    {
        Write("""{"messages": [{"role": "user", "content": "7 + 5?"}, {"role": "assistant", "content": "7 + 5 = 12."}]}""");
        foreach (var (rule, scoring, accepted) in ((RewardRule, ScoringRule, string)[])
            [(RewardRule.ExactMatch, ScoringRule.Exact, "7 + 5 = 12."), (RewardRule.Number, ScoringRule.Number, "12"), (RewardRule.Arithmetic, ScoringRule.Calculated, "12")])
        {
            var prompt = new ConversationPrompts(_folder.File("data.jsonl"), rule, 1, 0.5)[0];
            Assert.Equal("7 + 5?", Assert.Single(prompt.Conversation.Messages).Text);
            Assert.Equal((scoring, accepted), (prompt.Example!.Rule, Assert.Single(prompt.Example.Accepted)));
        }

        Write("""{"messages": [{"role": "user", "content": "7 + 5?"}, {"role": "assistant", "content": "Twelve."}]}""");
        Assert.Contains("line 1", Assert.Throws<InvalidDataException>(() => new ConversationPrompts(_folder.File("data.jsonl"), RewardRule.Number, 1, 0)).Message, StringComparison.Ordinal);
        Write("""{"messages": [{"role": "user", "content": "7 + 5?"}]}""");
        Assert.Null(new ConversationPrompts(_folder.File("data.jsonl"), null, 1, 0)[0].Expected);
        Assert.Throws<InvalidDataException>(() => new ConversationPrompts(_folder.File("data.jsonl"), RewardRule.ExactMatch, 1, 0));
        Write("""{"text": "a text"}""");
        Assert.Contains("this is a text", Assert.Throws<InvalidDataException>(() => new ConversationPrompts(_folder.File("data.jsonl"), null, 1, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_of_skills_are_drawn_by_number_and_never_held_out()
    {
        var (prompts, again) = (new SkillPrompts(["arithmetic", "spelling"], 3, 20), new SkillPrompts(["arithmetic", "spelling"], 3, 20));
        Assert.Equal(Text(prompts, 1000), Text(again, 1000));
        Assert.True(Enumerable.Range(0, 200).Select(n => Text(prompts, n)).Distinct().Count() > 150, "They differ.");
        Assert.Empty(Enumerable.Range(0, 500).Select(n => Text(prompts, n)).Intersect(prompts.Validation.Select(prompt => prompt.Conversation.Messages[0].Text)));
        Assert.All(Enumerable.Range(0, 500).Select(n => prompts[2 * n].Example!), example => Assert.True(Scoring.IsRight(example, example.Reply)));
        Assert.Throws<ArgumentException>(() => new SkillPrompts(["stories"], 1, 1));
        Assert.Throws<ArgumentException>(() => new SkillPrompts(["no-such-skill"], 1, 1));

        static string Text(SkillPrompts prompts, long number) => prompts[number].Conversation.Messages[0].Text;
    }

    [Fact]
    public void A_program_is_started_only_if_it_is_said_so_again()
    {
        Write("""{"messages": [{"role": "user", "content": "7 + 5?"}]}""");
        var options = s_options with { Skills = [], Checker = "sh -c 'while read l; do echo 1; done'" };
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is for a POSIX shell.");
        var folder = _folder.File("run");
        AlignmentModels.Run(AlignmentRun.Start(ModelCheckpoint.Load(_model, _device), _folder.File("data.jsonl"), options, AlignmentModels.Options), folder, 1);
        Assert.Contains("add --checker", Assert.Throws<ArgumentException>(() => AlignmentRun.Resume(folder, _device)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AlignmentRun.Resume(folder, _device, checker: "rm -rf all"));
        Assert.Equal(1, AlignmentRun.Resume(folder, _device, checker: options.Checker).Step);
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        var loaded = ModelCheckpoint.Load(_model, _device);
        Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, null, s_options with { Skills = [] }, AlignmentModels.Options));
        Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, "data", s_options, AlignmentModels.Options));
        Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, null, s_options, AlignmentModels.Options with { AccumulationSteps = 2 }));
        Assert.Throws<ArgumentException>(() => AlignmentRun.Start(loaded, null, s_options with { Group = 1 }, AlignmentModels.Options));
    }

    private AlignmentRun Start(AlignmentOptions alignment, bool withAdapter = false, TrainerOptions? options = null) => AlignmentRun.Start(
        ModelCheckpoint.Load(_model, _device), null, alignment, options ?? AlignmentModels.Options, withAdapter ? AlignmentModels.Lora : null, new Lowercase());

    private void Write(string line) => File.WriteAllText(_folder.File("data.jsonl"), line + "\n");

    /// <summary>Rewards ASCII in the upper half of its table, of which a model without training writes a quarter.</summary>
    private sealed class Lowercase : IReward
    {
        public IReadOnlyList<double> Score(IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies) =>
            [.. replies.Select(reply => reply.Reply.Text.Length == 0 ? 0 : reply.Reply.Text.Count(letter => letter is >= '@' and <= '\x7f') / 6.0)];
    }
}
