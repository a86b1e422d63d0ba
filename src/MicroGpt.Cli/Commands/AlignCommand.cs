using System.CommandLine;
using MicroGpt.Alignment;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt align`: a trained model learns what people, or a checker, prefer.</summary>
internal sealed class AlignCommand : Command, IHasExamples
{
    private readonly LearningOn _on = new("The folder of the model to go on with.");
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Pairs of replies for dpo (messages, chosen, rejected, a line of JSON each); else conversations, whose last reply is the expected one.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly AlignmentSettings _alignment = new();
    private readonly LoraSettings _lora = new();
    private readonly RunSettings _run = new();
    private readonly CommandContext _context;

    public AlignCommand(CommandContext context)
        : base("align", "Teach a model what is preferred: by pairs of replies (DPO), or by rewards of its own replies (GRPO, REINFORCE).")
    {
        _context = context;
        foreach (var option in (Option[])[_on.Model, _data, _on.Out, .. _alignment.Options, .. _lora.Options, .. _run.Options, _on.Resume, _on.Overwrite, _threads, _on.TensorBoard, _on.Plain])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt align --model my-chat --skills arithmetic --out my-calculator", "Right answers to the curriculum's questions are rewarded"),
        ("microgpt align --model my-chat --method grpo --data sums.jsonl --reward number --out my-calculator", "To your own questions, whose right answers are in the data"),
        ("microgpt align --model my-chat --data questions.jsonl --checker \"python3 check.py\" --out my-better", "By your own program"),
        ("microgpt align --model my-chat --method dpo --data pairs.jsonl --lora --out my-adapter", "By pairs of a better and a worse reply; the model itself, without the adapter, is the reference"),
        ("microgpt align --resume --out my-calculator", "Go on after Ctrl-C"),
        ("microgpt eval --model my-calculator --skills arithmetic", "See what it was worth, on questions that were held out"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_on.Out)!;
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var run = parse.GetValue(_on.Resume) ? Resume(parse, folder, device) : Start(parse, folder, device);
        var code = TrainingSession.Run(_context, run, folder, parse.GetValue(_on.Plain), Name, () => run.Sample, parse.GetValue(_on.TensorBoard));
        foreach (var remark in run.Remarks)
            _context.WriteLine(remark);
        return code;
    }

    private AlignmentRun Start(ParseResult parse, string folder, Device device)
    {
        var path = _on.Start(parse);
        var alignment = _alignment.Read(parse);
        var lora = _lora.Read(parse);
        var model = ModelCheckpoint.Load(path, device);
        var run = AlignmentRun.Start(model, parse.GetValue(_data), alignment, _run.Read(parse, Usual(alignment.Method, lora is not null)), lora);
        OutputFolder.Make(folder);
        return run;
    }

    /// <summary>Small steps: the model can already do it, and a large step destroys more than it teaches.</summary>
    private static TrainerOptions Usual(AlignmentMethod method, bool isAdapter) => new()
    {
        Steps = 100,
        BatchSize = method == AlignmentMethod.Dpo ? 8 : 32,
        LearningRate = (method == AlignmentMethod.Dpo ? 5e-5 : 2e-4) * (isAdapter ? 5 : 1),
        WarmupSteps = 10,
        Decay = LearningRateDecay.Linear,
        WeightDecay = 0,
        EvaluationInterval = 20,
        EvaluationBatches = 64,
        SaveInterval = 20,
    };

    private AlignmentRun Resume(ParseResult parse, string folder, Device device)
    {
        _on.CheckResumed(parse, [.. _alignment.Options, .. _lora.Options, .. _run.Options], [RunSettings.StepsName, RunSettings.PatienceName, AlignmentSettings.CheckerName]);
        var run = AlignmentRun.Resume(folder, device, _run.Steps(parse), parse.GetValue(_data), _alignment.Checker(parse), patience: _run.Patience(parse));
        LearningOn.CheckUnfinished(run, folder);
        return run;
    }
}
