using System.CommandLine;
using MicroGpt.Models;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that describe an adapter.</summary>
internal sealed class LoraSettings
{
    private static readonly LoraConfig s_usual = new();

    private readonly Option<bool> _lora = new("--lora") { Description = "Train an adapter (LoRA): small matrices beside the model's, which stays as it is." };
    private readonly Option<int?> _rank = RunSettings.Integer("--rank", $"How narrow the adapter's matrices are (default: {s_usual.Rank}).");
    private readonly Option<double?> _alpha = RunSettings.Number("--alpha", $"What the adapter's part is multiplied by, over the rank (default: {s_usual.Alpha}).");
    private readonly Option<bool> _rsLora = new("--rslora") { Description = "Divide alpha by the rank's square root, so that large ranks learn as fast (rsLoRA)." };
    private readonly Option<bool> _dora = new("--dora") { Description = "Learn the lengths of the adapted maps' rows too (DoRA): closer to training the model itself, and slower." };
    private readonly Option<double?> _dropout = RunSettings.Number("--dropout", "Drop each number that the adapter reads with this probability while it learns (default: 0).");
    private readonly Option<string[]> _targets = new("--targets")
    {
        Description = $"Which linear maps: names (q_proj), a regular expression for whole names, or {LoraConfig.AllLinear} (default).",
        HelpName = "NAME,…",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<LoraBias?> _bias = new("--bias") { Description = "Which biases learn with it: none (default), all, or those of the adapted maps (loraonly).", HelpName = "none|all|loraonly" };

    public IEnumerable<Option> Options => [_lora, _rank, _alpha, _rsLora, _dora, _dropout, _targets, _bias];

    /// <summary>The adapter that a person asked for, or null for none.</summary>
    /// <exception cref="ArgumentException">Its settings are given, but not that there is to be one; or they are impossible.</exception>
    public LoraConfig? Read(ParseResult parse)
    {
        if (!parse.GetValue(_lora))
            return Options.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } given
                ? throw new ArgumentException($"{given.Name} is a setting of adapters: say --lora too.")
                : null;
        var targets = (parse.GetValue(_targets) ?? []).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return new LoraConfig
        {
            Rank = parse.GetValue(_rank) ?? s_usual.Rank,
            Alpha = parse.GetValue(_alpha) ?? s_usual.Alpha,
            UseRsLora = parse.GetValue(_rsLora),
            UseDora = parse.GetValue(_dora),
            Dropout = parse.GetValue(_dropout) ?? s_usual.Dropout,
            TargetModules = targets.Length > 0 ? targets : s_usual.TargetModules,
            Bias = parse.GetValue(_bias) ?? s_usual.Bias,
        }.Validate();
    }
}
