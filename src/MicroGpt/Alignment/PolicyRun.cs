using System.Globalization;
using MicroGpt.Data.Curriculum;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Alignment;

/// <summary>
/// The policy gradient: the model replies several times to each prompt, and what was rewarded above the mean of its group becomes
/// likelier.
/// </summary>
/// <remarks>
/// As in nanochat's <c>scripts/chat_rl.py</c>, a step learns once from replies that were written with the weights it changes. So the ratio of old and
/// new probabilities, which GRPO clips, is always 1, and is left out. For the same reason replies are drawn from the model's own
/// distribution, without a temperature or a choice of the best. What a tool has put into a reply is read, but not learned.
/// </remarks>
public sealed class PolicyRun : AlignmentRun
{
    private const int MostRows = 64; // of replies that are written side by side

    private readonly IPromptSource _prompts;
    private readonly IReward _reward;
    private readonly ChatTemplate _template;
    private readonly ChatGenerator _generator;
    private readonly ChatGenerator _greedy;
    private Rollout[] _step = [];
    private int _written;       // tokens of the step that the model chose
    private double _meanReward;
    private double _divergence; // a sum over those tokens

    private PolicyRun(Beginning beginning, IPromptSource prompts, IReward reward)
        : base(beginning, new Measures(null, "val reward", beginning.Reference is null ? ["reward", "length"] : ["reward", "kl", "length"]) { HigherIsBetter = true }, prompts.Place, prompts.Fingerprint)
    {
        (_prompts, _reward, _template) = (prompts, reward, beginning.Template);
        var options = new ReplyOptions
        {
            Sampler = new SamplerOptions { Temperature = 1 },
            MaxTokens = Alignment.MaxTokens,
            Tool = Calculator.Evaluate,
            Rows = MostRows,
        };
        _generator = new ChatGenerator(Model, Tokenizer, _template, options);
        _greedy = new ChatGenerator(Model, Tokenizer, _template, options with { Sampler = new SamplerOptions { Temperature = 0 } });
    }

    /// <inheritdoc/>
    public override string DataInWords => _prompts.InWords;

    /// <inheritdoc/>
    public override string StepInWords => $"{Alignment.Prompts} prompts with {Alignment.Group} replies each";

    /// <inheritdoc/>
    public override string Sample => _step.Length == 0 ? "" : _step.MaxBy(rollout => rollout.Reward)!.InWords;

    /// <inheritdoc/>
    public override IEnumerable<string> Remarks => Log.Records.Any(record => record.GradientNorm > 0)
        ? []
        : ["In no group were replies rewarded differently, so nothing was learned: the model must sometimes be right, and sometimes wrong. Train it further on examples first, or ask it easier questions."];

    private protected override int Parts => (_step.Length + Options.BatchSize - 1) / Options.BatchSize;

    private protected override int Targets => _written;

    internal static PolicyRun Create(Beginning beginning, string? data, IReward? reward)
    {
        var (alignment, options) = (beginning.State.Options, beginning.Options);
        if ((data is null) == (alignment.Skills.Count == 0))
            throw new ArgumentException("Say what the model is asked: either --data with conversations of your own, or --skills of the curriculum.");
        if (options.AccumulationSteps != 1)
            throw new ArgumentException("A step's replies are computed --batch at a time in any case: leave out --accumulate.");
        IPromptSource prompts = data is null
            ? new SkillPrompts(alignment.Skills, options.Seed, options.EvaluationBatches)
            : new ConversationPrompts(data, reward is null && alignment.Checker is null ? alignment.Reward : null, options.Seed, options.ValidationFraction);
        return new PolicyRun(
            beginning, prompts,
            reward is not null ? reward : alignment.Checker is { } checker ? new CheckerReward(checker, TimeSpan.FromSeconds(alignment.CheckerSeconds)) : new RuleReward());
    }

    /// <summary>What a model remembers of replies in the making, in bytes.</summary>
    internal static long StateBytes(ILanguageModel model, AlignmentOptions alignment)
    {
        using var meta = model.Device.CreateMeta();
        return Bytes(model.Config.Create(meta).CreateState((int)Math.Min(MostRows, (long)alignment.Prompts * alignment.Group)).Tensors);
    }

    /// <summary>The mean reward of the likeliest replies to the prompts that are held back.</summary>
    public override ValidationScore? Validate()
    {
        if (_prompts.Validation.Count == 0)
            return null;
        var replies = _greedy.Reply([.. _prompts.Validation.Select(prompt => prompt.Conversation)]);
        return new ValidationScore(_reward.Score([.. _prompts.Validation.Zip(replies, (prompt, reply) => (prompt, reply.Message))]).Average(), null);
    }

    private protected override void BeginStep()
    {
        base.BeginStep();
        var (group, count) = (Alignment.Group, Alignment.Prompts * Alignment.Group);
        var prompts = Enumerable.Range(0, Alignment.Prompts)
            .SelectMany(i => Enumerable.Repeat(_prompts[(long)Step * Alignment.Prompts + i], group)).ToArray();
        // Every reply of the run has random numbers of its own, which depend on nothing but the seed and its number.
        var seed = unchecked(Options.Seed * 0x9E3779B97F4A7C15 + (ulong)Step * (ulong)count);
        var replies = _generator.Reply([.. prompts.Select(prompt => prompt.Conversation)], seed: seed);
        var rewards = _reward.Score([.. prompts.Zip(replies, (prompt, reply) => (prompt, reply.Message))]);
        var isGrpo = Alignment.Method == AlignmentMethod.Grpo;
        var advantages = Advantages.Of(rewards, group, divided: isGrpo);

        _written = replies.Sum(reply => reply.Tokens);
        (_meanReward, _divergence) = (rewards.Average(), 0);
        // Neighbours in length leave the least of their rows empty.
        _step = [.. Enumerable.Range(0, count).Select(Rollout).OrderBy(rollout => rollout.Tokens.Ids.Length)];

        Rollout Rollout(int i) => new(
            Sequences.Behind(_template.EncodePrompt(prompts[i].Conversation, Tokenizer), replies[i].Written),
            advantages[i], isGrpo ? 1.0 / (count * Math.Max(1, replies[i].Tokens)) : 1.0 / Math.Max(1, _written),
            rewards[i], prompts[i].Conversation, replies[i].Message);
    }

    private protected override (Tensor Loss, double Weight) Loss(int part)
    {
        var rollouts = _step.Skip(part * Options.BatchSize).Take(Options.BatchSize).ToArray();
        ChatTokens[] rows = [.. rollouts.Select(rollout => rollout.Tokens)];
        var reference = Beta > 0 ? ReferenceLoss(rows) : null;
        var tokenLoss = TokenLoss(rows, recording: true); // (B, T)
        var (shape, columns) = (tokenLoss.Shape, tokenLoss.Shape.Last);
        var (advantages, weights) = (new double[shape.Count], new double[shape.Count]);
        for (var i = 0; i < shape.Count; i++)
        {
            var (rollout, target) = (rollouts[i / columns], i % columns + 1);
            if (target >= rollout.Tokens.LossMask.Length || !rollout.Tokens.LossMask[target])
                continue;
            (advantages[i], weights[i]) = (rollout.Advantage, rollout.Weight);
            if (reference is null)
                continue;
            var away = tokenLoss[i] - reference[i];
            _divergence += Math.Exp(away) - away - 1;
        }

        var loss = Tape.PolicyLoss(
            tokenLoss, Tape.Numbers(advantages, shape), Tape.Numbers(weights, shape), reference is null ? null : Tape.Numbers(reference, shape), Beta);
        return (loss, 1);
    }

    private protected override IReadOnlyList<double> Measured()
    {
        var length = (double)_written / _step.Length;
        return Beta > 0 ? [_meanReward, _divergence / Math.Max(1, _written), length] : [_meanReward, length];
    }

    /// <summary>A reply to learn from.</summary>
    private sealed record Rollout(ChatTokens Tokens, double Advantage, double Weight, double Reward, Conversation Prompt, Message Reply)
    {
        public string InWords => string.Create(
            CultureInfo.InvariantCulture, $"{Prompt.Messages[^1].Text} → {Said} (reward {Reward:0.###})");

        private string Said => string.Concat(Reply.Parts.Select(part => part switch
        {
            PythonPart call => $"[{call.Code}",
            OutputPart output => $" = {output.Text}] ",
            TextPart text => text.Text,
            _ => "",
        }));
    }
}
