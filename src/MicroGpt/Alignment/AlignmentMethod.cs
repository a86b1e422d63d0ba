namespace MicroGpt.Alignment;

/// <summary>How a model learns what people, or a checker, prefer.</summary>
public enum AlignmentMethod
{
    /// <summary>Direct preference optimization (Rafailov et al. 2023): from pairs of a better and a worse reply.</summary>
    Dpo,

    /// <summary>
    /// Group relative policy optimization (Shao et al. 2024): from rewards of the model's own replies. An advantage is divided by the group's
    /// standard deviation, every reply counts the same, and a penalty holds the model to where it began.
    /// </summary>
    Grpo,

    /// <summary>
    /// REINFORCE (Williams 1992) with the group's mean as baseline, as in nanochat: advantages are not divided (Liu et al. 2025), every
    /// token counts the same (DAPO, Yu et al. 2025), and nothing holds the model back.
    /// </summary>
    Reinforce,
}
