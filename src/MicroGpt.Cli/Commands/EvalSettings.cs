using System.CommandLine;
using System.Globalization;
using MicroGpt.Evaluation.Tasks;
using MicroGpt.Inference;

namespace MicroGpt.Cli.Commands;

/// <summary>The options of `microgpt eval` that say how questions are asked.</summary>
internal sealed class EvalSettings
{
    private const int MostSamples = 1000;

    private readonly Option<string?> _kind = new("--task-kind")
    {
        Description = "How the questions in --tasks are asked, where their files do not say it: with choices, multiple_choice (default) or, of a chat model, letters.",
        HelpName = "KIND",
    };

    private readonly Option<int> _shots = new("--shots") { Description = "Solved questions before each one of --tasks.", HelpName = "N" };
    private readonly Option<int> _samples = new("--samples") { Description = "Draw N replies to each question.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _pass = new("--pass") { Description = "How often at least one of K replies is right (pass@k); up to --samples.", HelpName = "K,K" };
    private readonly Option<double?> _temperature = new("--temperature") { Description = "Of replies (default: 0, the likeliest; with --samples 1.0).", HelpName = "X" };
    private readonly Option<int?> _maxTokens = RunSettings.Integer("--max-tokens", "The most tokens of a reply (default: 256).");
    private readonly Option<ulong?> _seed = new("--seed") { Description = "The same seed, the same replies.", HelpName = "N" };

    public IEnumerable<Option> Options => [_kind, _shots, _samples, _pass, _temperature, _maxTokens, _seed];

    /// <summary>What was asked for.</summary>
    /// <exception cref="ArgumentException">It can't be.</exception>
    public (TaskKind? Kind, int Shots, int Samples, int[] Passes, ReplyOptions Replies) Read(ParseResult parse)
    {
        var samples = parse.GetValue(_samples);
        var temperature = parse.GetValue(_temperature) ?? (samples > 1 ? 1 : 0);
        if (samples is < 1 or > MostSamples)
            throw new ArgumentException($"--samples must be from 1 to {MostSamples}.");
        if (samples > 1 && temperature == 0)
            throw new ArgumentException("At temperature 0 all samples are the same: leave out --temperature 0 or --samples.");
        var usual = new ReplyOptions();
        var replies = usual with
        {
            Sampler = usual.Sampler with { Temperature = temperature },
            MaxTokens = parse.GetValue(_maxTokens) ?? usual.MaxTokens,
            Seed = parse.GetValue(_seed) ?? usual.Seed,
        };
        return (Kind(parse.GetValue(_kind)), parse.GetValue(_shots), samples, Passes(parse.GetValue(_pass), samples), replies.Validate());
    }

    private static TaskKind? Kind(string? name) => name is null ? null
        : Enum.TryParse<TaskKind>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var kind) && char.IsAsciiLetter(name[0])
            ? kind
            : throw new ArgumentException($"There is no kind of task \"{name}\"; there are multiple_choice, schema, language_modeling, letters and generation.");

    private static int[] Passes(string? list, int samples)
    {
        if (list is null)
            return samples > 1 ? [1, samples] : [];
        var passes = list.Split(',', StringSplitOptions.TrimEntries)
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var k) ? k : 0).Distinct().ToArray();
        return passes.All(k => k >= 1 && k <= samples)
            ? passes
            : throw new ArgumentException($"--pass takes numbers from 1 to the number of samples, {samples}, with commas between them.");
    }
}
