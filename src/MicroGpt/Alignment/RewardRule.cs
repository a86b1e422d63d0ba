using MicroGpt.Data.Curriculum;

namespace MicroGpt.Alignment;

/// <summary>By what a reply to a person's own prompt is rewarded: 1 where it holds, else 0.</summary>
public enum RewardRule
{
    /// <summary>The reply is the expected one; case, spaces and the full stop at the end do not count (<see cref="ScoringRule.Exact"/>).</summary>
    ExactMatch,

    /// <summary>The last number in it is the expected reply's (<see cref="ScoringRule.Number"/>).</summary>
    Number,

    /// <summary>The same, and the reply's first call of the calculator gives that number (<see cref="ScoringRule.Calculated"/>).</summary>
    Arithmetic,
}
