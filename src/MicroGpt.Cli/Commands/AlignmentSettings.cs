using System.CommandLine;
using MicroGpt.Alignment;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that say what a model is to prefer, and how it learns that.</summary>
internal sealed class AlignmentSettings
{
    public const string CheckerName = "--checker";

    private readonly Option<AlignmentMethod?> _method = new("--method")
    {
        Description = "dpo learns from pairs of replies; grpo and reinforce from rewards of the model's own replies (default).",
        HelpName = "dpo|grpo|reinforce",
    };

    private readonly Option<string?> _skills = new("--skills") { Description = "Ask the curriculum's questions of these skills, and reward as it scores.", HelpName = "A,B" };
    private readonly Option<string?> _reward = new("--reward")
    {
        Description = "What rewards replies to --data: the expected reply (default), its last number, or that number as the calculator's result.",
        HelpName = "exact-match|number|arithmetic",
    };

    private readonly Option<string?> _checker = new(CheckerName)
    {
        Description = "Your own program rewards: it gets a line of JSON a reply (prompt, reply, expected, messages) and writes a number a line.",
        HelpName = "\"PROGRAM ARGS\"",
    };

    private readonly Option<double?> _checkerSeconds = RunSettings.Number("--checker-seconds", $"How long it may take for the replies of one step (default: {new AlignmentOptions().CheckerSeconds}).");
    private readonly Option<double?> _beta = RunSettings.Number("--kl", "How strongly the model is held to where it began, β (default: dpo 0.1, grpo 0.04, reinforce 0).");
    private readonly Option<int?> _prompts = RunSettings.Integer("--prompts", $"Prompts a step (default: {new AlignmentOptions().Prompts}; not for dpo).");
    private readonly Option<int?> _group = RunSettings.Integer("--group", $"Replies to each prompt, compared with each other (default: {new AlignmentOptions().Group}; not for dpo).");
    private readonly Option<int?> _maxTokens = RunSettings.Integer("--max-tokens", $"The most tokens of a reply (default: {new AlignmentOptions().MaxTokens}; not for dpo).");

    public IEnumerable<Option> Options => [_method, _skills, _reward, _checker, _checkerSeconds, _beta, _prompts, _group, _maxTokens];

    public string? Checker(ParseResult parse) => parse.GetValue(_checker);

    public AlignmentOptions Read(ParseResult parse)
    {
        var usual = new AlignmentOptions();
        var method = parse.GetValue(_method) ?? usual.Method;
        var others = ((Option[])[_skills, _reward, _checker, _checkerSeconds, _prompts, _group, _maxTokens]).Where(IsGiven).Select(option => option.Name).ToArray();
        if (method == AlignmentMethod.Dpo && others.Length > 0)
            throw new ArgumentException($"DPO learns from pairs of replies that are there already: leave out {string.Join(", ", others)}.");
        if (IsGiven(_reward) && (IsGiven(_checker) || IsGiven(_skills)))
            throw new ArgumentException("--reward is for --data without a --checker; the curriculum's skills bring their own rules.");
        return new AlignmentOptions
        {
            Method = method,
            Beta = parse.GetValue(_beta),
            Group = parse.GetValue(_group) ?? usual.Group,
            Prompts = parse.GetValue(_prompts) ?? usual.Prompts,
            MaxTokens = parse.GetValue(_maxTokens) ?? usual.MaxTokens,
            Skills = parse.GetValue(_skills)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            Reward = RuleOf(parse.GetValue(_reward)),
            Checker = parse.GetValue(_checker),
            CheckerSeconds = parse.GetValue(_checkerSeconds) ?? usual.CheckerSeconds,
        }.Validate();

        bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };
    }

    private static RewardRule RuleOf(string? name) => name switch
    {
        null or "exact-match" => RewardRule.ExactMatch,
        "number" => RewardRule.Number,
        "arithmetic" => RewardRule.Arithmetic,
        _ => throw new ArgumentException($"There is no reward \"{name}\"; there are exact-match, number and arithmetic, or a program of your own ({CheckerName})."),
    };
}
