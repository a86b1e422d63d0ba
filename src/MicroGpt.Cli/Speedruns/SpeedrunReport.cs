using MicroGpt.Cli.Report;

namespace MicroGpt.Cli.Speedruns;

/// <summary>The stages of a speedrun as a report card shows them.</summary>
internal static class SpeedrunReport
{
    /// <summary>What is there of a run, complete or not.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static IReadOnlyList<ReportStage> Stages(string folder)
    {
        var seconds = SpeedrunRecord.Load(folder).Seconds;
        return
        [
            Preparation("data and tokenizer", "curriculum", "tokenizer", "data", "plan"),
            .. Model("untrained", Speedrun.UntrainedFolder, null),
            .. Model("your texts", Speedrun.OwnFolder, Speedrun.OwnTexts),
            .. Model("pretrained", Speedrun.PretrainedFolder, Speedrun.Pretraining),
            .. Model("fine-tuned", Speedrun.FineTunedFolder, Speedrun.FineTuning),
            .. Model("rewarded", Speedrun.ChatFolder, Speedrun.Reward),
            Preparation("evaluation", "evaluation"),
        ];

        IEnumerable<ReportStage> Model(string name, string model, string? stage) => Directory.Exists(Path.Combine(folder, model))
            ? [ReportStage.OfFolder(name, Path.Combine(folder, model)) with { Time = stage is null ? null : Time(stage) }]
            : [];

        ReportStage Preparation(string name, params string[] stages) => new(name) { Time = Time(stages) };

        TimeSpan? Time(params string[] stages) =>
            stages.Sum(stage => seconds.GetValueOrDefault(stage)) is > 0 and var sum ? TimeSpan.FromSeconds(sum) : null;
    }
}
