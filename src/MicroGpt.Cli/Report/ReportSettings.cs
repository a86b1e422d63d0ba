using static MicroGpt.Cli.Report.ReportCard;

namespace MicroGpt.Cli.Report;

/// <summary>What it takes to do it again: commands, settings, data, machine and versions.</summary>
internal static class ReportSettings
{
    private static readonly (string Name, string Label)[] s_facts =
    [
        ("time", "Begun"), ("version", "MicroGPT"), ("machine", "Machine"), ("device", "Computed by"), ("peak_flops", "Its peak, GFLOP/s"),
        ("data", "Data"), ("train_tokens", "Tokens to learn from"), ("validation_tokens", "Tokens to be judged by"), ("vocabulary", "Vocabulary"),
        ("parameters", "Parameters"), ("learned_parameters", "Of them learned"), ("preset", "Preset"), ("sizes", "Sizes"), ("context", "Context"),
    ];

    public static void Write(ReportText text, IReadOnlyList<ReportStage> stages)
    {
        var known = stages.Where(stage => stage.Run is { Start.Count: > 0 }).Select(stage => (stage.Name, Run: stage.Run!)).ToArray();
        if (known.Length == 0)
            return;
        text.Heading(2, "To repeat it");
        var commands = known.Select(stage => stage.Run.Start.GetValueOrDefault("command")).Where(command => command is not null).Distinct().ToArray();
        if (commands.Length > 0)
        {
            text.Block(string.Join('\n', commands), "console");
            text.Paragraph("The same seed on the same kind of processor gives the same model, to the last bit, with any number of threads.");
        }

        string[] header = ["", .. known.Select(stage => Visible.Inline(stage.Name))];
        var facts = s_facts.Select(fact => (fact.Label, Values: known.Select(stage => Fact(stage.Run, fact.Name)).ToArray()));
        var options = known.SelectMany(stage => stage.Run.Options).Select(option => option.Name).Distinct()
            .Select(name => (Label: Words(name), Values: known.Select(stage => stage.Run.Options.Where(option => option.Name == name).Select(option => option.Value).FirstOrDefault()).ToArray()));
        text.Table(header, facts.Concat(options).Where(row => row.Values.Any(value => value is not null))
            .Select(row => (string[])[row.Label, .. row.Values.Select(value => value is null ? "–" : Visible.Inline(value))]));
        text.Paragraph(
            "Losses are in nats a token, which only models with the same tokenizer share; bits a byte compare any. The peak is the most multiply-adds that the "
            + "machine did when they were measured as the run began; of it counts what a model can't do without, at every position of a batch.");
    }

    private static string? Fact(RunRecord run, string name) => (name, run.Number(name)) switch
    {
        ("peak_flops", { } peak) => Format($"{peak / 1e9:N0}"),
        ("data", _) => Path.GetFileName(run.Start.GetValueOrDefault(name)), // whose folders are nobody's business
        ("time" or "version" or "machine" or "device" or "preset" or "sizes", _) or (_, null) => run.Start.GetValueOrDefault(name),
        (_, { } number) => Format($"{number:N0}"),
    };

    /// <summary>batch_size: Batch size.</summary>
    private static string Words(string name) => name.Length == 0 ? "" : Visible.Inline(char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' '));
}
