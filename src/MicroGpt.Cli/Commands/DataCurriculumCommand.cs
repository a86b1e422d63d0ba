using System.CommandLine;
using System.Globalization;
using MicroGpt.Data.Curriculum;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt data curriculum`: text and conversations to learn from, written by a generator, offline.</summary>
internal sealed class DataCurriculumCommand : Command, IHasExamples
{
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed, the same curriculum, byte for byte.", HelpName = "N", DefaultValueFactory = _ => new CurriculumOptions().Seed };
    private readonly Option<string> _size = new("--size") { Description = "All files together, from 100KB to 1GB.", HelpName = "SIZE", DefaultValueFactory = _ => "20MB" };
    private readonly Option<string?> _language = new("--language") { Description = "Only the skills in one language (default: all).", HelpName = "en|zh" };
    private readonly Option<string> _out = new("--out") { Description = "The folder to write.", HelpName = "FOLDER", DefaultValueFactory = _ => "curriculum" };
    private readonly Option<int?> _threads = CommandContext.ThreadsOption();
    private readonly CommandContext _context;

    public DataCurriculumCommand(CommandContext context)
        : base("curriculum", "Write a curriculum: stories, a small world, and conversations that teach skills, with a held-out test of each.")
    {
        _context = context;
        foreach (var option in (Option[])[_seed, _size, _language, _out, _threads])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt data curriculum", "20 MB in the folder curriculum"),
        ("microgpt data curriculum --size 1MB --out small", "A small one to look at"),
        ("microgpt data curriculum --language en --out english", "Without the Chinese half"),
        ("microgpt data curriculum --seed 7 --size 200MB --out other", "Another world, other examples"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_out)!;
        var options = new CurriculumOptions
        {
            Seed = parse.GetValue(_seed),
            Size = ByteSize.Parse("--size", parse.GetValue(_size)!),
            Language = parse.GetValue(_language),
            Threads = parse.GetValue(_threads),
        };
        IReadOnlyList<CurriculumFile> files;
        try
        {
            files = _context.IsInteractive
                ? WithBar(folder, options)
                : CurriculumWriter.Write(folder, options, new Lines(_context, options.Size), _context.Cancellation);
        }
        catch (OperationCanceledException)
        {
            _context.WriteLine($"Stopped: {folder} is not complete. The same command writes it anew.");
            return ExitCode.Interrupted;
        }

        foreach (var part in files.GroupBy(file => file.Part).OrderBy(part => part.Key))
            _context.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{part.Key.ToString().ToLowerInvariant(),-10} {part.Count(),3} files {part.Sum(file => file.Examples),9:N0} examples {part.Sum(file => file.Bytes) / 1e6,9:N2} MB"));
        _context.WriteLine($"Written to {folder}; its README.md says what is in it and how each skill is scored.");
        return ExitCode.Success;
    }

    private IReadOnlyList<CurriculumFile> WithBar(string folder, CurriculumOptions options) =>
        _context.Console.Progress().AutoClear(true).Start(progress =>
        {
            var bar = progress.AddTask("Writing", maxValue: options.Size);
            return CurriculumWriter.Write(folder, options, new Bar(bar), _context.Cancellation);
        });

    /// <summary>A line every 50 MB, which is about a second.</summary>
    private sealed class Lines(CommandContext context, long size) : IProgress<long>
    {
        private const long Between = 50_000_000;
        private long _next = Between;

        public void Report(long value)
        {
            if (value < _next)
                return;
            context.WriteLine($"{value / 1_000_000} of {size / 1_000_000} MB written");
            _next = value - value % Between + Between;
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }
}
