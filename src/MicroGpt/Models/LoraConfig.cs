using System.Buffers;
using System.Text.RegularExpressions;

namespace MicroGpt.Models;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): a matrix W stays as it is, and s·B A is added to it, where B and A are narrow and learned.
/// The names are those of PEFT (github.com/huggingface/peft).
/// </summary>
public sealed record LoraConfig
{
    /// <summary>The targets that PEFT calls "all-linear": every linear map within the layers.</summary>
    public const string AllLinear = "all-linear";

    private static readonly SearchValues<char> s_signs = SearchValues.Create(@"\^$*+?()[]{}|");

    /// <summary>How narrow: A is (r, inputs), B is (outputs, r).</summary>
    public int Rank { get; init; } = 8;

    /// <summary>s = α / r, or α / √r (<see cref="UseRsLora"/>).</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Whether s is α / √r, so that larger ranks learn as fast as small ones (Kalajdzievski 2023).</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Whether the rows of W + s·B A get learned lengths (DoRA, Liu et al. 2024).</summary>
    public bool UseDora { get; init; }

    /// <summary>How likely each number that A reads is dropped in training, from 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Which linear maps: <see cref="AllLinear"/>; or the last part of their names (<c>q_proj</c>); or a regular expression that
    /// a whole name has to match, where there is only one and it has a sign that no name has.
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [AllLinear];

    /// <summary>Which biases are learned with it.</summary>
    public LoraBias Bias { get; init; }

    /// <summary>What B A is multiplied by, s.</summary>
    internal double Scale => UseRsLora ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;

    /// <summary>Checks that such an adapter can be.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">It can't; the message says why.</exception>
    public LoraConfig Validate()
    {
        if (Rank is < 1 or > 65_536)
            throw new ArgumentException($"A rank must be from 1 to 65,536, not {Rank}.");
        if (!(Math.Abs(Alpha) <= 1e6))
            throw new ArgumentException(FormattableString.Invariant($"Alpha must be a number from -1e6 to 1e6, not {Alpha}."));
        if (!(Dropout is >= 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"Dropout must be a number from 0 to below 1, not {Dropout}."));
        if (!Enum.IsDefined(Bias))
            throw new ArgumentException($"There is no choice of biases {Bias}; there are {string.Join(", ", Enum.GetNames<LoraBias>())}.");
        if (TargetModules.Count == 0)
            throw new ArgumentException($"An adapter needs targets: names such as q_proj, a regular expression, or {AllLinear}.");
        _ = TargetModules is [var only] && IsPattern(only) ? Whole(only) : null;
        return this;
    }

    /// <summary>Whether a linear map of this name is adapted.</summary>
    /// <exception cref="ArgumentException">The regular expression is none.</exception>
    internal bool IsTarget(string name)
    {
        if (TargetModules is [AllLinear])
            return true;
        if (TargetModules is [var pattern] && IsPattern(pattern))
            return Whole(pattern).IsMatch(name);
        return TargetModules.Any(target => name == target || name.EndsWith("." + target, StringComparison.Ordinal));
    }

    private static bool IsPattern(string target) => target.AsSpan().ContainsAny(s_signs);

    private static Regex Whole(string pattern)
    {
        try
        {
            return new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (RegexParseException exception)
        {
            throw new ArgumentException($"\"{pattern}\" is no regular expression: {exception.Message}", exception);
        }
    }
}

/// <summary>Which biases an adapter learns besides its matrices.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of the model's.</summary>
    All,

    /// <summary>Those of the linear maps that are adapted.</summary>
    LoraOnly,
}
