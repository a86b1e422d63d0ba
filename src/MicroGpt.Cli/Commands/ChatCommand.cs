using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Chat;
using MicroGpt.Inference;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt chat`: talk to a model in the terminal, or ask it one question from a script.</summary>
internal sealed class ChatCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The folder of the model, or of an adapter.", HelpName = "FOLDER", Required = true };
    private readonly Option<string?> _prompt = new("--prompt", "-p") { Description = "Ask this, print the reply and end.", HelpName = "TEXT" };
    private readonly Option<string?> _system = new("--system") { Description = "A system message before the conversation.", HelpName = "TEXT" };
    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "0: always the likeliest token; 1: as the model finds them likely; above: bolder.",
        HelpName = "X",
        DefaultValueFactory = _ => 0.6,
    };

    private readonly Option<int> _topK = new("--top-k") { Description = "Choose among the K likeliest tokens (default: all).", HelpName = "K" };
    private readonly Option<double> _topP = new("--top-p")
    {
        Description = "Choose among the likeliest tokens that together have probability P.",
        HelpName = "P",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "The most tokens of a reply.", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed, the same replies.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public ChatCommand(CommandContext context)
        : base("chat", "Talk to a model that has learned conversations; its calculator is at work.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _prompt, _system, _temperature, _topK, _topP, _maxTokens, _seed, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt chat --model my-chat", "Talk to it; /help tells what else can be typed"),
        ("microgpt chat --model my-chat -p \"What is 12 * 7?\"", "One question, for scripts"),
        ("microgpt chat --model my-adapter --temperature 0", "With an adapter, always the likeliest reply"),
    ];

    private int Run(ParseResult parse)
    {
        var options = new ReplyOptions
        {
            Sampler = new SamplerOptions { Temperature = parse.GetValue(_temperature), TopK = parse.GetValue(_topK), TopP = parse.GetValue(_topP) },
            MaxTokens = parse.GetValue(_maxTokens),
            Seed = parse.GetValue(_seed),
        }.Validate();
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        var loaded = ModelCheckpoint.Load(parse.GetValue(_model)!, device);
        var talk = new Talk(_context, new ChatSession(loaded.Model, loaded.Tokenizer), options, parse.GetValue(_system));
        try
        {
            if (parse.GetValue(_prompt) is { } prompt)
                talk.Ask(prompt);
            else
                new ChatLoop(_context, talk, TrainingSession.Quote(parse.GetValue(_model)!)).Run();
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            _context.WriteLine();
            return ExitCode.Interrupted;
        }
    }
}
