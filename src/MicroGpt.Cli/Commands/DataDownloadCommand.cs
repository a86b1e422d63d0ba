using System.CommandLine;
using MicroGpt.Cli.Output;
using MicroGpt.Data;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt data download`: files from the internet, by name or address, after saying where from, how large and on what terms.</summary>
internal sealed class DataDownloadCommand : Command, IHasExamples
{
    private readonly Argument<string[]> _what = new("what")
    {
        Description = $"What to load: {string.Join(", ", PublishedData.All.Select(data => data.Name))}, or addresses that begin with https:// or http://.",
        HelpName = "NAME|URL",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for the files.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "data",
    };

    private readonly Option<string?> _sha256 = new("--sha256")
    {
        Description = "What the SHA-256 of the file must be, in hexadecimal; for a single address.",
        HelpName = "DIGITS",
    };

    private readonly Option<int?> _shards = new("--shards")
    {
        Description = "How many files of a set that comes in shards (default: 1).",
        HelpName = "N",
    };

    private readonly Option<bool> _list = new("--list") { Description = "Say what has a name here, and load nothing." };
    private readonly Option<bool> _plain = new("--plain") { Description = "Print lines instead of a moving progress bar." };
    private readonly CommandContext _context;

    public DataDownloadCommand(CommandContext context)
        : base("download", "Load text from the internet: it goes on where it was interrupted, and checks what came.")
    {
        _context = context;
        Arguments.Add(_what);
        Options.Add(_out);
        Options.Add(_sha256);
        Options.Add(_shards);
        Options.Add(_list);
        Options.Add(_plain);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt data download --list", "What has a name here, with sizes and licences"),
        ("microgpt data download tinyshakespeare", "nanoGPT's text, to data/tinyshakespeare.txt"),
        ("microgpt data download fineweb-edu --shards 8 --out corpus", "The first 8 of many files"),
        ("microgpt data download https://example.org/book.txt --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "A file of your own choice, and what it must be"),
    ];

    private int Run(ParseResult parse)
    {
        var what = parse.GetValue(_what) ?? [];
        if (parse.GetValue(_list))
            return List();
        if (what.Length == 0)
            throw new ArgumentException($"What is to be loaded? Give a name or an address; {_context.Self} data download --list shows the names.");

        var folder = parse.GetValue(_out)!;
        var downloads = Describe(what, folder, parse.GetValue(_sha256), parse.GetValue(_shards));
        var twice = downloads.GroupBy(download => download.Path).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new ArgumentException($"Two of the files would be {twice.Key}; load them into different folders.");
        return Load(downloads, parse.GetValue(_plain));
    }

    private int List()
    {
        foreach (var data in PublishedData.All)
        {
            _context.WriteLine(data.Name);
            _context.WriteLine($"  {data.Description}");
            _context.WriteLine($"  {data.Size}; licence: {data.License}");
            _context.WriteLine($"  {data.Files[0].Source}{(data.Files.Count > 1 ? $" and {data.Files.Count - 1:N0} more" : "")}");
        }

        return ExitCode.Success;
    }

    /// <summary>What is to be loaded, all of it checked before the first byte, and told.</summary>
    private List<Download> Describe(string[] what, string folder, string? sha256, int? shards)
    {
        if (sha256 is not null && (what.Length != 1 || !IsAddress(what[0])))
            throw new ArgumentException("--sha256 is for a single address; the files that have a name here bring their own where it is known.");
        var named = what.Where(item => !IsAddress(item)).Select(Find).ToArray();
        if (shards is not null && !named.Any(data => data.IsSharded))
            throw new ArgumentException($"--shards is for {string.Join(" and ", PublishedData.All.Where(data => data.IsSharded).Select(data => data.Name))} only.");

        var downloads = new List<Download>();
        foreach (var item in what)
        {
            if (IsAddress(item))
                downloads.Add(AtAddress(item, folder, sha256));
            else
                downloads.AddRange(Named(Find(item), folder, shards));
        }

        foreach (var item in what)
        {
            if (IsAddress(item))
                _context.WriteLine(item);
            else if (Find(item) is var data)
                _context.WriteLine($"{data.Name}: {data.Description}\n  from {data.Files[0].Source}\n  size: {data.Size}; licence: {data.License}");
        }

        return downloads;
    }

    private static bool IsAddress(string item) => item.Contains("://", StringComparison.Ordinal);

    private static PublishedData Find(string name) =>
        PublishedData.All.FirstOrDefault(data => data.Name == name)
        ?? throw new ArgumentException(
            $"\"{name}\" is no name that is known here ({string.Join(", ", PublishedData.All.Select(data => data.Name))}) and no address with https://.");

    private static Download AtAddress(string address, string folder, string? sha256)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var source) || source.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{address} is no address that begins with https:// or http://.");
        var name = Uri.UnescapeDataString(source.Segments[^1]);
        if (name is "/" or "." or ".." || name.EndsWith('/') || name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name.IndexOfAny(['/', '\\']) >= 0)
            throw new ArgumentException($"{address} does not end in the name of a file.");
        return new Download(source, Path.Combine(folder, name)) { Sha256 = sha256 };
    }

    private static IEnumerable<Download> Named(PublishedData data, string folder, int? shards)
    {
        var count = data.IsSharded ? shards ?? 1 : data.Files.Count;
        if (count < 1 || count > data.Files.Count)
            throw new ArgumentException($"{data.Name} has {data.Files.Count:N0} shards; --shards must be from 1 to that, not {count}.");
        return data.Files.Take(count).Select(file => new Download(new Uri(file.Source), Path.Combine(folder, file.Name))
        {
            Bytes = file.Bytes,
            Sha256 = file.Sha256,
        });
    }

    private int Load(List<Download> downloads, bool plain)
    {
        using var client = Downloader.CreateClient();
        var downloader = new Downloader(client);
        for (var i = 0; i < downloads.Count; i++)
        {
            try
            {
                var result = DownloadDisplay.Run(
                    _context, plain, downloads[i].Path, progress => downloader.LoadAsync(downloads[i], progress, _context.Cancellation));
                _context.WriteLine(
                    $"{(result.WasThere ? "Already there" : "Loaded")}: {result.Path} ({result.Bytes:N0} bytes, SHA-256 {result.Sha256}{(downloads[i].Sha256 is null ? "" : ", as it must be")})");
            }
            catch (OperationCanceledException) when (_context.Cancellation.IsCancellationRequested)
            {
                _context.WriteLine($"Stopped with {i} of {downloads.Count} files complete; the same command goes on from here.");
                return ExitCode.Interrupted;
            }
        }

        return ExitCode.Success;
    }
}
