using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroGpt.Checkpoints;
using MicroGpt.Data.Curriculum;
using MicroGpt.Evaluation;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt eval`: what a model has learned of the curriculum, on the questions held out.</summary>
internal sealed class EvalCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The folder of a trained model.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _curriculum = new("--curriculum")
    {
        Description = "What microgpt data curriculum wrote.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "curriculum",
    };

    private readonly Option<string?> _skills = new("--skills") { Description = "Only these skills, with commas between them.", HelpName = "A,B" };
    private readonly Option<int?> _most = new("--most") { Description = "At most N examples a skill.", HelpName = "N" };
    private readonly Option<int> _mistakes = new("--mistakes") { Description = "Show N wrong replies of each skill.", HelpName = "N" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };
    private readonly Option<string?> _save = new("--save") { Description = "Keep the scores as JSON in a file, too.", HelpName = "FILE" };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public EvalCommand(CommandContext context)
        : base("eval", "Score a model's skills on the curriculum's held-out questions.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _curriculum, _skills, _most, _mistakes, _json, _save, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt eval --model my-model", "All skills of the curriculum in the folder curriculum"),
        ("microgpt eval --model my-model --skills arithmetic,spelling --mistakes 5", "Two skills, and what goes wrong in them"),
        ("microgpt eval --model my-model --most 50 --json", "A quick look, for programs"),
        ("microgpt eval --model my-model --save my-model/scores.json", "Keep the scores with the model"),
    ];

    private int Run(ParseResult parse)
    {
        var (most, mistakes, folder) = (parse.GetValue(_most) ?? int.MaxValue, parse.GetValue(_mistakes), parse.GetValue(_curriculum)!);
        if (most < 1 || mistakes < 0)
            throw new ArgumentException("--most must be at least 1, and --mistakes at least 0.");
        var files = Files(folder, parse.GetValue(_skills));
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var loaded = ModelCheckpoint.Load(parse.GetValue(_model)!, device);
        SkillEvaluation? evaluation = null;
        var scores = new List<SkillScore>();
        var texts = new List<(ISkill Skill, double BitsPerByte)>();
        var asJson = parse.GetValue(_json);
        try
        {
            foreach (var (skill, path) in files)
            {
                var examples = HeldOutExamples.Read(path).Take(most).ToArray();
                if (skill.IsText)
                {
                    texts.Add((skill, BitsPerByte.Of(loaded.Model, loaded.Tokenizer, examples.Select(example => example.Reply.Text), _context.Cancellation)));
                    if (!asJson)
                        _context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{skill.Name,-20} {texts[^1].BitsPerByte,6:F3} bits a byte"));
                    continue;
                }

                evaluation ??= new SkillEvaluation(loaded.Model, loaded.Tokenizer);
                scores.Add(evaluation.Score(skill, examples, cancellation: _context.Cancellation));
                if (!asJson)
                    Write(scores[^1], mistakes);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var json = Json(loaded.Step, scores, texts);
        if (asJson)
            _context.WriteLine(json);
        if (parse.GetValue(_save) is { } file)
            AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(json + "\n")));
        return ExitCode.Success;
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

    private void Write(SkillScore score, int mistakes)
    {
        _context.WriteLine(Line(score.Skill.Name, score.All));
        foreach (var (kind, share) in score.ByKind)
            _context.WriteLine(Line("  " + kind, share));
        foreach (var wrong in score.Replies.Where(reply => !reply.IsRight).Take(mistakes))
        {
            _context.WriteLine("    > " + wrong.Example.Prompt.ReplaceLineEndings(" / "));
            _context.WriteLine($"    {InWords(wrong.Reply)}   instead of   {InWords(wrong.Example.Reply)}");
        }
    }

    private static string Line(string name, Share share) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-20} {100 * share.Value,5:F1}%  {share.Right,5} of {share.Count,-5} (95%: {100 * share.Interval.Low:F1} to {100 * share.Interval.High:F1})");

    private static string InWords(Message reply) => string.Concat(reply.Parts.Select(part => part switch
    {
        PythonPart call => $"[{call.Code}",
        OutputPart output => $" = {output.Text}] ",
        TextPart text => text.Text.ReplaceLineEndings(" / "),
        _ => "",
    }));

    private static string Json(int step, List<SkillScore> scores, List<(ISkill Skill, double BitsPerByte)> texts)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteStartObject("skills");
            foreach (var score in scores)
            {
                json.WriteStartObject(score.Skill.Name);
                WriteShare(json, score.All);
                foreach (var (kind, share) in score.ByKind)
                {
                    json.WriteStartObject(kind);
                    WriteShare(json, share);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("bits_per_byte");
            foreach (var (skill, bits) in texts)
                json.WriteNumber(skill.Name, bits);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void WriteShare(Utf8JsonWriter json, Share share)
    {
        json.WriteNumber("score", share.Value);
        json.WriteNumber("right", share.Right);
        json.WriteNumber("count", share.Count);
        json.WriteNumber("low", share.Interval.Low);
        json.WriteNumber("high", share.Interval.High);
    }
}
