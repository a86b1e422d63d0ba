using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Inference;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt sample`: text from a trained model, printed as it is made.</summary>
internal sealed class SampleCommand : Command, IHasExamples
{
    private const int DefaultTextTokens = 500;

    private readonly Option<string> _model = new("--model") { Description = "The folder of a trained model.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _prompt = new("--prompt") { Description = "Text to continue.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Below 1 the likely becomes likelier, above 1 less so; 0 always takes the likeliest.",
        HelpName = "X",
        DefaultValueFactory = _ => new SamplerOptions().Temperature,
    };

    private readonly Option<int> _topK = new("--top-k") { Description = "Consider only the N likeliest tokens; 0 for all.", HelpName = "N" };
    private readonly Option<double> _topP = new("--top-p")
    {
        Description = "Consider only the likeliest tokens that together reach this probability.",
        HelpName = "X",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed, the same text.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _count = new("--count") { Description = "How many texts.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _maxTokens = new("--max-tokens")
    {
        Description = $"New tokens a text at most (default: the model's context for documents, {DefaultTextTokens} for running text).",
        HelpName = "N",
    };

    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public SampleCommand(CommandContext context)
        : base("sample", "Generate text with a trained model.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _prompt, _temperature, _topK, _topP, _seed, _count, _maxTokens, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt sample --model microgpt-names --count 10", "Ten invented names"),
        ("microgpt sample --model shakespeare --prompt \"ROMEO:\" --max-tokens 300", "Continue a text"),
        ("microgpt sample --model shakespeare --temperature 1.2 --top-p 0.9 --seed 7", "Bolder, but never absurd"),
    ];

    private int Run(ParseResult parse)
    {
        var (count, maxTokens) = (parse.GetValue(_count), parse.GetValue(_maxTokens));
        if (count < 1 || maxTokens < 1)
            throw new ArgumentException("--count and --max-tokens must be at least 1.");
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var loaded = ModelCheckpoint.Load(parse.GetValue(_model)!, device);
        var sampler = new Sampler(
            new SamplerOptions
            {
                Temperature = parse.GetValue(_temperature),
                TopK = parse.GetValue(_topK),
                TopP = parse.GetValue(_topP),
            },
            new MersenneTwister(parse.GetValue(_seed)));

        var isText = loaded.Tokenizer.BosId is null;
        var generator = new Generator(loaded.Model);
        var prompt = parse.GetValue(_prompt)!;
        var output = _context.Console.Profile.Out.Writer;
        for (var i = 0; i < count; i++)
        {
            if (isText && i > 0)
                output.WriteLine("---");
            var pieces = generator.GenerateText(
                loaded.Tokenizer, prompt, maxTokens ?? (isText ? DefaultTextTokens : loaded.Model.Config.ContextLength), sampler);
            output.Write(prompt);
            foreach (var piece in pieces)
            {
                output.Write(piece);
                output.Flush();
                if (_context.Cancellation.IsCancellationRequested)
                {
                    output.WriteLine();
                    return ExitCode.Interrupted;
                }
            }

            output.WriteLine();
        }

        return ExitCode.Success;
    }
}
