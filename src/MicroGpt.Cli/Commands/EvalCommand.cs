using System.CommandLine;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Output;
using MicroGpt.Data.Curriculum;
using MicroGpt.Data.Documents;
using MicroGpt.Evaluation;
using MicroGpt.Evaluation.Tasks;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt eval`: what a model has learned, of the curriculum, of anyone's tasks, of texts.</summary>
internal sealed class EvalCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The folder of a trained model, or of an adapter.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _curriculum = new("--curriculum")
    {
        Description = "What microgpt data curriculum wrote. Asked from where neither --tasks nor --text is given, or this is.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "curriculum",
    };

    private readonly Option<string?> _skills = new("--skills") { Description = "Only these skills, with commas between them.", HelpName = "A,B" };
    private readonly Option<string?> _tasks = new("--tasks")
    {
        Description = $"Questions of your own or of others: a .jsonl file, or a folder of them, with {EvaluationTasks.DescriptionFile} or without.",
        HelpName = "FOLDER|FILE",
    };

    private readonly Option<string?> _text = new("--text") { Description = "Texts to be predicted: bits a byte, perplexity.", HelpName = "FOLDER|FILE" };
    private readonly Option<int?> _most = new("--most") { Description = "At most N examples a skill or task.", HelpName = "N" };
    private readonly Option<int> _mistakes = new("--mistakes") { Description = "Show N wrong replies of each skill or task.", HelpName = "N" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };
    private readonly Option<string?> _save = new("--save") { Description = "Keep the scores as JSON in a file, too.", HelpName = "FILE" };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly EvalSettings _settings = new();
    private readonly CommandContext _context;

    public EvalCommand(CommandContext context)
        : base("eval", "Score a model: the curriculum's held-out questions, tasks of your own, texts.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _curriculum, _skills, _tasks, _text, .. _settings.Options, _most, _mistakes, _json, _save, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt eval --model my-model", "All skills of the curriculum in the folder curriculum"),
        ("microgpt eval --model my-model --skills arithmetic,spelling --mistakes 5", "Two skills, and what goes wrong in them"),
        ("microgpt eval --model my-model --tasks my-tasks", "Tasks of your own, with accuracy above chance"),
        ("microgpt eval --model my-model --tasks capitals.jsonl --shots 3", "One task, three solved questions before each"),
        ("microgpt eval --model my-chat --tasks sums.jsonl --samples 8 --pass 1,8", "Eight replies to each question: right at once, right at least once"),
        ("microgpt eval --model my-model --text my-notes.txt", "Bits a byte and perplexity"),
        ("microgpt eval --model my-model --most 50 --json", "A quick look, for programs"),
        ("microgpt eval --model my-model --save my-model/scores.json", "Keep the scores with the model"),
    ];

    private int Run(ParseResult parse)
    {
        var (most, mistakes) = (parse.GetValue(_most) ?? int.MaxValue, parse.GetValue(_mistakes));
        if (most < 1 || mistakes < 0)
            throw new ArgumentException("--most must be at least 1, and --mistakes at least 0.");
        var how = _settings.Read(parse);
        var tasks = parse.GetValue(_tasks) is { } path ? EvaluationTasks.Read(path, how.Kind, how.Shots) : [];
        var texts = parse.GetValue(_text) is { } text ? new DocumentReader([text]) : null;
        var asksCurriculum = (tasks.Count == 0 && texts is null)
            || ((Option[])[_curriculum, _skills]).Any(option => parse.GetResult(option) is { Implicit: false });
        var files = asksCurriculum ? Files(parse.GetValue(_curriculum)!, parse.GetValue(_skills)) : [];
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var loaded = ModelCheckpoint.Load(parse.GetValue(_model)!, device);
        var asJson = parse.GetValue(_json);
        var report = new EvaluationReport(loaded.Step, how.Passes);
        var lines = asJson ? null : new EvaluationLines(_context, how.Passes, mistakes);
        try
        {
            foreach (var (skill, file) in files)
                Ask(skill, HeldOutExamples.Read(file).Take(most).ToArray());
            foreach (var task in tasks)
            {
                var score = EvaluationProgress.Run(_context, task.Name, task.Take(most).Count, !asJson, progress =>
                    new TaskEvaluation(loaded.Model, loaded.Tokenizer, how.Replies, how.Samples).Score(task.Take(most), progress, _context.Cancellation));
                report.Tasks.Add(score);
                lines?.Write(score);
            }

            if (texts is not null)
                Predict(parse.GetValue(_text)!, texts.Read(_context.Cancellation).Select(document => document.Text));
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        lines?.WriteCore(report.Core);
        if (asJson)
            _context.WriteLine(report.ToJson());
        if (parse.GetValue(_save) is { } saved)
            AtomicFile.Write(saved, stream => stream.Write(Encoding.UTF8.GetBytes(report.ToJson() + "\n")));
        return ExitCode.Success;

        void Ask(ISkill skill, Example[] examples)
        {
            if (skill.IsText)
            {
                Predict(skill.Name, examples.Select(example => example.Reply.Text));
                return;
            }

            var score = EvaluationProgress.Run(_context, skill.Name, examples.Length * how.Samples, !asJson, progress =>
                new SkillEvaluation(loaded.Model, loaded.Tokenizer, how.Replies, how.Samples).Score(skill, examples, progress, _context.Cancellation));
            report.Skills.Add(score);
            lines?.Write(score);
        }

        void Predict(string name, IEnumerable<string> documents)
        {
            var score = BitsPerByte.Score(loaded.Model, loaded.Tokenizer, documents, _context.Cancellation);
            report.Texts.Add((name, score));
            lines?.Write(name, score);
        }
    }

    /// <summary>The held-out files of the skills that are asked for.</summary>
    private static List<(ISkill Skill, string Path)> Files(string folder, string? names)
    {
        var all = names is null;
        var skills = all
            ? CurriculumSkills.All
            : [.. names!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(CurriculumSkills.Named)];
        var files = skills.Select(skill => (skill, Path: Path.Combine(folder, CurriculumFile.PathOf(skill, CurriculumPart.Test))))
            .Where(file => !all || File.Exists(file.Path)).ToList();
        return files.Count > 0
            ? files
            : throw new IOException($"{folder} holds no curriculum to be asked from. Write one with the seed of the training: microgpt data curriculum --out {folder}");
    }
}
