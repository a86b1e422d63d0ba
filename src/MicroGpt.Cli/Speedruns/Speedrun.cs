using System.Diagnostics;
using System.Globalization;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Report;
using MicroGpt.Data.Curriculum;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Speedruns;

/// <summary>
/// The whole life of a model, stage by stage. Each stage is commands that a person could type, run as they are; what is done is
/// kept in <see cref="SpeedrunRecord"/>, and a run that was stopped goes on where it was.
/// </summary>
/// <param name="context">Where to print.</param>
/// <param name="command">Runs a command line of this program and gives its exit code.</param>
/// <param name="folder">Where everything goes.</param>
/// <param name="record">What is asked for, and how far it has come.</param>
/// <param name="threads">How many threads compute, or null for one a core.</param>
/// <param name="plain">Whether to print lines instead of moving bars.</param>
internal sealed class Speedrun(
    CommandContext context, Func<string[], int> command, string folder, SpeedrunRecord record, int? threads, bool plain)
{
    /// <summary>Where the model to talk to is.</summary>
    public const string ChatFolder = "chat";

    public const string ReportFile = "report.html";

    public const string UntrainedFolder = "untrained";
    public const string OwnFolder = "own";
    public const string PretrainedFolder = "pretrained";
    public const string FineTunedFolder = "finetuned";

    // The stages that are training, by the names that the record has for them.
    public const string OwnTexts = "own-texts";
    public const string Pretraining = "pretraining";
    public const string FineTuning = "finetuning";
    public const string Reward = "reward";

    // Of the whole time: to measure the machine, and to evaluate the models.
    private const double CalibrationShare = 0.01;
    private const double EvaluationShare = 0.08;

    private const int QuestionsToBeginners = 100; // a skill

    // 90 MB for ten minutes: most of it is read once.
    private const double CurriculumBytesASecond = 90e6 / 600;
    private const double LargestCurriculum = 400e6;

    private static readonly string[] s_rewardedSkills = ["identity", "arithmetic", "spelling", "passages", "tools", "sentiment"];

    private SpeedrunRecord _record = record;

    private List<(string Name, string Title, Func<int> Run)> Stages =>
    [
        ("curriculum", "A curriculum is written", WriteCurriculum),
        ("tokenizer", "A tokenizer learns its vocabulary", TrainTokenizer),
        ("data", "Texts and conversations become tokens", Prepare),
        ("plan", "This machine is measured", Plan),
        .. HasOwnTexts ? [(OwnTexts, "Pretraining: the model reads your texts", ReadOwnTexts)] : Array.Empty<(string, string, Func<int>)>(),
        (Pretraining, "Pretraining: the model learns to continue texts", Pretrain),
        (FineTuning, "Fine-tuning: it learns to reply", FineTune),
        (Reward, "Reward: replies that were right become likelier", LearnFromRewards),
        ("evaluation", "Evaluation: questions that it has never seen", Evaluate),
        ("report", "The report card", () => Show(["report", folder, "--out", In(ReportFile)])),
    ];

    private SpeedrunPlan Decided => _record.Plan ?? throw new InvalidDataException($"{SpeedrunRecord.FileName} in {folder} says that the plan is made, and holds none.");

    private bool HasOwnTexts => _record.Data.Count > 0;

    private double Budget => 60 * _record.Minutes;

    private double SecondsToTrain => (1 - EvaluationShare - SpeedrunPlan.RewardShare) * Budget - _record.Seconds.Values.Sum();

    /// <summary>Runs what is not done yet.</summary>
    /// <returns>The exit code: that of the stage that did not succeed, if there is one.</returns>
    public int Run()
    {
        var stages = Stages;
        for (var i = 0; i < stages.Count; i++)
        {
            var (name, title, run) = stages[i];
            if (_record.Done.Contains(name, StringComparer.Ordinal))
                continue;
            context.WriteLine();
            context.WriteLine($"── {i + 1} of {stages.Count}: {title} {new string('─', Math.Max(0, 72 - title.Length))}");
            var watch = Stopwatch.StartNew();
            var code = ExitCode.Error;
            try
            {
                code = run();
            }
            catch (OperationCanceledException)
            {
                code = ExitCode.Interrupted;
            }
            finally
            {
                Keep(_record.With(name, watch.Elapsed.TotalSeconds, isDone: code == ExitCode.Success));
            }

            if (code != ExitCode.Success)
            {
                context.WriteLine();
                context.WriteLine($"Stopped in stage {i + 1} of {stages.Count}; what is done is kept. Go on with:");
                context.WriteLine($"  {context.Self} speedrun --out {TrainingSession.Quote(folder)}");
                return code;
            }
        }

        return ExitCode.Success;
    }

    private int WriteCurriculum() =>
        Anew("curriculum", "data", "curriculum", "--language", _record.Language, "--size", $"{CurriculumSize / 1000}KB", "--seed", Number(_record.Seed));

    private int CurriculumSize => (int)Math.Clamp(CurriculumBytesASecond * Budget, CurriculumOptions.SmallestSize, LargestCurriculum);

    private int TrainTokenizer() => Anew(
        "tokenizer",
        [
            "tokenizer", "train", "--data", .. _record.Data, In("curriculum", "text", "train"), In("curriculum", "conversations", "train"),
            "--vocab-size", Number(SpeedrunPlan.VocabularySize(_record.Language)), "--pattern", "digits",
        ]);

    private int Prepare()
    {
        (string Output, string[] Arguments)[] prepared =
        [
            .. HasOwnTexts ? [(OwnTexts, ["--input", .. _record.Data, "--hold-back", "ends"])] : Array.Empty<(string, string[])>(),
            ("texts", ["--input", In("curriculum", "text", "train"), In("curriculum", "conversations", "train"), "--chat-template", "nanochat", "--learn-all"]),
            // With the texts about the world, so that what they tell is not forgotten.
            ("conversations", ["--input", In("curriculum", "conversations", "train"), In("curriculum", "text", "train", Skill("world") + ".jsonl"), "--chat-template", "nanochat"]),
        ];
        return prepared.Select(data => Anew(data.Output, ["data", "prepare", .. data.Arguments, "--tokenizer", In("tokenizer")]))
            .FirstOrDefault(code => code != ExitCode.Success);
    }

    private int Plan()
    {
        using var device = CommandContext.CreateDevice(threads);
        var isGiven = _record.Plan is not null;
        var left = SecondsToTrain;
        var layers = _record.Plan?.Layers ?? _record.Depth ?? SpeedrunPlan.ReferenceLayers;
        var seconds = Measure(layers);
        if (!isGiven)
        {
            if (_record.Depth is null && SpeedrunPlan.LayersFor(left, seconds) is var better && better != layers)
                (layers, seconds) = (better, Measure(better));
            Keep(_record with { Plan = SpeedrunPlan.For(layers, left, seconds, OwnTokens()) });
        }

        context.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A step of a model of {layers} layers, {Decided.Width} wide, takes {1000 * seconds:F0} ms: {SpeedrunPlan.BatchSize * SpeedrunPlan.Context / seconds:N0} tokens a second."));
        context.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isGiven ? "As in the run that is repeated" : $"For {_record.Minutes:0.#} minutes")}: {(HasOwnTexts ? $"{Decided.OwnSteps:N0} steps on your texts, " : "")}{Decided.PretrainingSteps:N0} steps of pretraining, {Decided.FineTuningSteps:N0} of fine-tuning, {Decided.RewardSteps:N0} with rewards."));
        if (Decided.IsTooShort)
            context.WriteLine("That is too little to learn to speak; more --minutes are needed for a model that makes sense.");
        return ExitCode.Success;

        long OwnTokens()
        {
            if (!HasOwnTexts)
                return 0;
            using var corpus = PreparedCorpus.Open(In(OwnTexts));
            return corpus.Description.Train.Tokens;
        }

        double Measure(int depth) => Calibration.SecondsAStep(
            In("texts"), depth, TimeSpan.FromSeconds(CalibrationShare * Budget), _record.Seed, device, In(UntrainedFolder), context.Cancellation);
    }

    private int ReadOwnTexts() => Train(OwnFolder, Decided.OwnSteps, NewModel(OwnTexts, "windows"));

    private int Pretrain() => Train(PretrainedFolder, Decided.PretrainingSteps, HasOwnTexts
        ? ["finetune", "--model", In(OwnFolder), "--data", In("texts"), "--weight-decay", "0.1", "--decay", "constant"]
        : NewModel("texts", "packed"));

    private string[] NewModel(string data, string batches) =>
    [
        "train", "--data", In(data), "--batches", batches, "--preset", "nanochat", "--layers", Number(Decided.Layers), "--heads", Number(Decided.Layers),
        "--head-size", Number(SpeedrunPlan.HeadSize), "--width", Number(Decided.Width), "--context", Number(SpeedrunPlan.Context), "--decay", "constant",
    ];

    private int FineTune()
    {
        if (!_record.IsRepeated && !ModelCheckpoint.Exists(In(FineTunedFolder))) // the time is known better now
            Keep(_record with { Plan = Decided.WithTimeLeft(SecondsToTrain, _record.Seconds.GetValueOrDefault(OwnTexts) + _record.Seconds[Pretraining]) });
        return Train(
            FineTunedFolder, Decided.FineTuningSteps, ["finetune", "--model", In(PretrainedFolder), "--data", In("conversations"), "--decay", "linear", "--min-lr", "0"]);
    }

    private int LearnFromRewards() => Learn(ChatFolder, Decided.RewardSteps, [
        "align", "--model", In(FineTunedFolder), "--method", "grpo", "--skills", string.Join(',', s_rewardedSkills.Select(Skill)), "--max-tokens", "64", "--lr", "1e-4", "--eval-every", Number(Decided.RewardSteps)]);

    private int Evaluate()
    {
        using var device = CommandContext.CreateDevice(threads);
        foreach (var model in (string[])[UntrainedFolder, PretrainedFolder, FineTunedFolder, ChatFolder])
        {
            // One that can't reply yet writes until it may not write more.
            string[] most = model is FineTunedFolder or ChatFolder ? [] : ["--most", Number(QuestionsToBeginners)];
            context.WriteLine();
            context.WriteLine($"The model in {In(model)}:");
            var code = Command(["eval", "--model", In(model), "--curriculum", In("curriculum"), .. most, "--save", In(model, "scores.json")]);
            if (code != ExitCode.Success)
                return code;
            Replies.Write(In(model), In("curriculum"), device, context.Cancellation);
        }

        return ExitCode.Success;
    }

    /// <summary>Training on texts or conversations.</summary>
    private int Train(string output, int steps, string[] start) => Learn(output, steps, [
        .. start, "--batch", Number(SpeedrunPlan.BatchSize), "--optimizer", "muon", "--lr", "3e-3", "--muon-lr", "0.02",
        "--warmup", Number(Math.Min(50, steps / 10)), "--eval-every", Number(Math.Max(10, steps / 6)), "--eval-batches", "20"]);

    /// <summary>A stage that learns: begun, or gone on with.</summary>
    private int Learn(string output, int steps, string[] start)
    {
        string[] display = plain ? ["--plain"] : [];
        if (ModelCheckpoint.Exists(In(output)))
            return IsDone(output, steps) ? ExitCode.Success : Command([start[0], "--resume", .. display, "--out", In(output)]);
        return Command([
            .. start, "--steps", Number(steps), "--save-every", Number(Math.Max(10, steps / 20)), "--seed", Number(_record.Seed), .. display, "--out", In(output)]);
    }

    private bool IsDone(string output, int steps)
    {
        using var device = CommandContext.CreateDevice(1);
        return ModelCheckpoint.Load(In(output), device).Step >= steps;
    }

    /// <summary>A stage of which nothing is worth keeping when it was stopped: it begins anew.</summary>
    private int Anew(string output, params string[] arguments)
    {
        if (Directory.Exists(In(output)))
            Directory.Delete(In(output), recursive: true);
        return Command([.. arguments, "--out", In(output)]);
    }

    private int Command(params string[] arguments) => Show(threads is { } count ? [.. arguments, "--threads", Number(count)] : arguments);

    private int Show(string[] arguments)
    {
        context.WriteLine("$ microgpt " + string.Join(' ', arguments.Select(TrainingSession.Quote)));
        return command(arguments);
    }

    private void Keep(SpeedrunRecord changed)
    {
        _record = changed;
        _record.Save(folder);
    }

    private string In(params string[] names) => Path.Combine([folder, .. names]);

    /// <summary>What the curriculum calls a skill in the language of the run.</summary>
    private string Skill(string name) => _record.Language == SpeedrunPlan.English ? name : $"{name}-{_record.Language}";

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
