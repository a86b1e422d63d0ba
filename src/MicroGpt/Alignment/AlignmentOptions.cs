namespace MicroGpt.Alignment;

/// <summary>How a model is aligned, besides what every training has.</summary>
public sealed record AlignmentOptions
{
    /// <summary>The method.</summary>
    public AlignmentMethod Method { get; init; } = AlignmentMethod.Reinforce;

    /// <summary>
    /// β, how strongly the model is held to where it began; null for the method's own: 0.1 for DPO, 0.04 for GRPO, 0 for REINFORCE.
    /// </summary>
    public double? Beta { get; init; }

    /// <summary>Replies to each prompt of a step, which are compared with each other.</summary>
    public int Group { get; init; } = 8;

    /// <summary>Prompts a step.</summary>
    public int Prompts { get; init; } = 16;

    /// <summary>The most tokens of a reply.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>The curriculum's skills whose questions are asked and whose scoring rewards; none where there is data.</summary>
    public IReadOnlyList<string> Skills { get; init; } = [];

    /// <summary>By what replies to the data's prompts are rewarded, where no program does.</summary>
    public RewardRule Reward { get; init; }

    /// <summary>A program and its arguments that rewards replies; null for none.</summary>
    public string? Checker { get; init; }

    /// <summary>How long the program may take for the replies of one step, in seconds.</summary>
    public double CheckerSeconds { get; init; } = 60;

    /// <summary>β in use.</summary>
    internal double BetaInUse => Beta ?? Method switch
    {
        AlignmentMethod.Dpo => 0.1,
        AlignmentMethod.Grpo => 0.04,
        _ => 0,
    };

    /// <summary>Checks that such a run can be.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A number is impossible; the message says which.</exception>
    public AlignmentOptions Validate()
    {
        if (!Enum.IsDefined(Method) || !Enum.IsDefined(Reward))
            throw new ArgumentException($"There is no method {Method} with a reward {Reward}.");
        if (!(BetaInUse >= 0 && BetaInUse <= 100) || (Method == AlignmentMethod.Dpo && BetaInUse == 0))
            throw new ArgumentException(FormattableString.Invariant($"What holds the model to where it began must be from 0 to 100 (above 0 for DPO), not {BetaInUse}."));
        if (Group is < 2 or > 1024)
            throw new ArgumentException($"A group must have from 2 to 1,024 replies, which are compared with each other, not {Group}.");
        if (Prompts is < 1 or > 65536)
            throw new ArgumentException($"A step must have from 1 to 65,536 prompts, not {Prompts}.");
        if (MaxTokens < 1)
            throw new ArgumentException($"A reply must be allowed at least 1 token, not {MaxTokens}.");
        if (!(CheckerSeconds > 0 && CheckerSeconds <= 86400))
            throw new ArgumentException(FormattableString.Invariant($"The checker's time must be from above 0 to 86,400 seconds, not {CheckerSeconds}."));
        return this;
    }
}
