using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Data;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt names`: microgpt.py's own run, and what it prints.</summary>
internal sealed class NamesCommand : Command, IHasExamples
{
    private const int Samples = 20;

    private readonly Argument<string?> _file = new("file")
    {
        Description = $"Documents to learn, one a line, UTF-8; or {string.Join(" or ", EmbeddedData.All)}, which are built in (default: {EmbeddedData.Names}).",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _exact = new("--exact")
    {
        Description = "Compute in double precision, all losses, weights and names equal to microgpt.py's to the last bit. Without it the engine computes the same model in single precision.",
    };

    private readonly CommandContext _context;

    public NamesCommand(CommandContext context)
        : base("names", "Train microgpt.py's model as microgpt.py does, and print what it prints.")
    {
        _context = context;
        Arguments.Add(_file);
        Options.Add(_exact);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt names", "1,000 steps on the built-in names, and 20 new names"),
        ("microgpt names --exact", "The same with every bit as in the original"),
        ("microgpt names my-words.txt --exact", "On your own documents"),
    ];

    private int Run(ParseResult parse)
    {
        var corpus = Corpus.Load(parse.GetValue(_file) ?? EmbeddedData.Names, CorpusKind.Lines);
        using MicrogptRun run = parse.GetValue(_exact) ? new MicrogptRun.OnExact(corpus) : new MicrogptRun.OnEngine(corpus);
        _context.WriteLine($"num docs: {corpus.Documents.Count}");
        _context.WriteLine($"vocab size: {run.VocabularySize}");
        _context.WriteLine($"num params: {run.ParameterCount}");

        var microseconds = new double[Recipe.Microgpt.Options.Steps];
        for (var step = 1; step <= microseconds.Length; step++)
        {
            if (_context.Cancellation.IsCancellationRequested)
                return Stop($"Stopped after step {step - 1} of {microseconds.Length}.");
            var start = Stopwatch.GetTimestamp();
            var loss = run.TrainStep();
            microseconds[step - 1] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            Rewrite(string.Create(CultureInfo.InvariantCulture, $"step {step,4} / {microseconds.Length,4} | loss {loss:F4}"));
        }

        _context.WriteLine();
        _context.WriteLine("--- inference (new, hallucinated names) ---");
        for (var sample = 1; sample <= Samples; sample++)
        {
            if (_context.Cancellation.IsCancellationRequested)
                return Stop($"Stopped after sample {sample - 1} of {Samples}.");
            _context.WriteLine($"sample {sample,2}: {run.Sample()}");
        }

        Array.Sort(microseconds);
        _context.WriteLine();
        _context.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a step took {microseconds[microseconds.Length / 2]:F1} µs (median of {microseconds.Length}; 1 thread, {run.Arithmetic})"));
        return ExitCode.Success;
    }

    /// <summary>A line that the next one overwrites, where a person watches.</summary>
    private void Rewrite(string line)
    {
        if (_context.IsInteractive)
            _context.Console.Profile.Out.Writer.Write(line + "\r");
        else
            _context.WriteLine(line);
    }

    private int Stop(string line)
    {
        if (_context.IsInteractive)
            _context.WriteLine();
        _context.WriteLine(line);
        return ExitCode.Interrupted;
    }
}
