using System.Security.Cryptography;
using MicroGpt.Data;
using MicroGpt.Data.Curriculum;
using MicroGpt.Data.Documents;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>A person's own conversations: all but the assistant's last message is the prompt, and that message the right reply.</summary>
internal sealed class ConversationPrompts : IPromptSource
{
    private readonly RolloutPrompt[] _train;
    private readonly DocumentOrder _order;

    /// <param name="path">A file of conversations, or a folder of such files.</param>
    /// <param name="rule">By what replies are rewarded; null where a program does it, and the right reply need not be there.</param>
    /// <param name="seed">Another seed shuffles otherwise, and holds others back.</param>
    /// <param name="validationFraction">The part to be judged by.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else than conversations, or they lack what the rule needs.</exception>
    public ConversationPrompts(string path, RewardRule? rule, ulong seed, double validationFraction)
    {
        Place = Path.GetFullPath(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var prompts = new List<RolloutPrompt>();
        foreach (var document in new DocumentReader([path]).Read())
        {
            if (document.Conversation is not { } conversation)
                throw new InvalidDataException($"{document.Source}, line {document.Number}: this is a text; prompts are conversations ({{\"messages\": [...]}}).");
            prompts.Add(Of(conversation, rule) ?? throw new InvalidDataException($"{document.Source}, line {document.Number}: {Lacking(rule)}"));
            hash.AppendData(ConversationJson.Write(conversation));
        }

        if (prompts.Count == 0)
            throw new InvalidDataException($"{path} has no conversations.");
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
        new MersenneTwister(seed).Shuffle(prompts);
        var held = (int)(prompts.Count * validationFraction);
        (Validation, _train) = (prompts[..held], [.. prompts[held..]]);
        _order = DocumentOrder.Shuffled(_train.Length, seed);
    }

    public string Place { get; }

    public string Fingerprint { get; }

    public string InWords => $"{_train.Length:N0} prompts to learn from, {Validation.Count:N0} to be judged by";

    public IReadOnlyList<RolloutPrompt> Validation { get; }

    public RolloutPrompt this[long number] => _train[_order[number]];

    /// <summary>The prompt in a conversation; null where what the rule needs is not in its last reply.</summary>
    private static RolloutPrompt? Of(Conversation conversation, RewardRule? rule)
    {
        var messages = conversation.Messages;
        var expected = messages[^1].Role == Message.Assistant ? messages[^1] : null;
        var prompt = new Conversation([.. messages.Take(messages.Count - (expected is null ? 0 : 1))]);
        if (rule is null)
            return new RolloutPrompt(prompt, expected, null);
        var (scoring, accepted) = rule switch
        {
            RewardRule.ExactMatch => (ScoringRule.Exact, expected?.Text),
            RewardRule.Number => (ScoringRule.Number, LastNumber()),
            _ => (ScoringRule.Calculated, LastNumber()),
        };
        return accepted is null ? null : new RolloutPrompt(prompt, expected, new Example(prompt.Messages[^1].Text, expected!, scoring, [accepted]));

        string? LastNumber() => expected is null ? null : Scoring.LastNumber(expected.Text);
    }

    private static string Lacking(RewardRule? rule) => rule == RewardRule.ExactMatch
        ? "the conversation does not end in a reply of the assistant's, which is the right one to --reward exact-match."
        : "the conversation does not end in a reply of the assistant's with a number, which is the right one to --reward number or arithmetic.";
}
