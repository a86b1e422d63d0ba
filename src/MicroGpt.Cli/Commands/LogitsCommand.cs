using System.CommandLine;
using System.Globalization;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt logits`: a model's scores in full, to compare it with the same model in another program.</summary>
internal sealed class LogitsCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "The folder of a model, or a file that can be imported.",
        HelpName = "FOLDER|FILE",
        Required = true,
    };

    private readonly Option<string> _ids = new("--ids") { Description = "Token ids, with blanks between.", HelpName = "\"ID ID …\"", Required = true };
    private readonly SourceSettings _settings = new(withTokenizer: false);
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public LogitsCommand(CommandContext context)
        : base("logits", "Print a model's scores for the token after each of some: a line a position, a number a token, in full precision.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _ids, .. _settings.Options, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt logits --model shakespeare --ids \"1 2 3\"", "What comes after token 1, after 1 2 and after 1 2 3"),
    ];

    private int Run(ParseResult parse)
    {
        var ids = ReadIds(parse.GetValue(_ids)!);
        using var device = CommandContext.CreateDevice(parse.GetValue(_threads));
        using var stored = ModelImporter.Import(parse.GetValue(_model)!, _settings.Read(parse));
        var model = stored.Load(device);
        if (Array.FindIndex(ids, id => id < 0 || id >= model.Config.VocabularySize) is >= 0 and var wrong)
            throw new ArgumentException($"The model has no token {ids[wrong]}: its ids are 0 to {model.Config.VocabularySize - 1}.");
        var tape = new Tape(device, recording: false);
        var scores = model.Forward(tape, tape.Integers(ids, new Shape(1, ids.Length))); // (1, T, V)
        var logits = scores.AsSpan<float>();
        var line = new StringBuilder();
        for (var i = 0; i < logits.Length; i++)
        {
            line.Append(CultureInfo.InvariantCulture, $"{logits[i]:R}");
            if ((i + 1) % model.Config.VocabularySize != 0)
            {
                line.Append(' ');
                continue;
            }

            _context.WriteLine(line.ToString());
            line.Clear();
            if (_context.Cancellation.IsCancellationRequested)
                return ExitCode.Interrupted;
        }

        GC.KeepAlive(scores); // the numbers go when the tensor does
        return ExitCode.Success;
    }

    private static int[] ReadIds(string text)
    {
        var words = text.Split((char[])[' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0)
            throw new ArgumentException("Say at least one id: --ids \"1 2 3\"");
        return [.. words.Select(word => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new ArgumentException($"\"{word}\" is not a token id. Ids are whole numbers with blanks between: --ids \"1 2 3\""))];
    }
}
