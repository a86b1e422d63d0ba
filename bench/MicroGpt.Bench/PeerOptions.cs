using System.CommandLine;
using System.Text.RegularExpressions;

namespace MicroGpt.Bench;

/// <summary>The options of every command that measures in turn with a peer.</summary>
internal sealed class PeerOptions
{
    private readonly Option<string?> _peer = new("--peer")
    {
        Description = "A peer's command line, run in turn with ours; it prints figures as ours do (bench/README.md).",
    };

    private readonly Option<string?> _pattern = new("--peer-pattern")
    {
        Description = "A regular expression that finds a figure in a line of the peer's: the number in its group \"value\", the unit in \"unit\" (without that group, ms).",
    };

    private readonly Option<int?> _rounds = new("--rounds") { Description = "How often each is run (default: 5 with a peer; once, in this process, without)." };
    private readonly Option<int> _busy = new("--busy") { Description = "Cores to keep busy beside both, by another process.", DefaultValueFactory = _ => 0 };

    public PeerOptions AddTo(Command command)
    {
        command.Options.Add(_peer);
        command.Options.Add(_pattern);
        command.Options.Add(_rounds);
        command.Options.Add(_busy);
        return this;
    }

    /// <summary>The contest that is asked for, or null for one measurement in this process.</summary>
    public Contest? Read(ParseResult parse, params IReadOnlyList<string> ownArguments)
    {
        var (peer, rounds, busy) = (parse.GetValue(_peer), parse.GetValue(_rounds), parse.GetValue(_busy));
        if (rounds < 1 || busy < 0)
            throw new ArgumentException("There must be at least one round, and no fewer than 0 cores can be kept busy.");
        if (peer is null && rounds is null && busy == 0)
            return null;
        var pattern = parse.GetValue(_pattern) is { } given ? new Regex(given) : Figure.DefaultPattern;
        return new Contest(ownArguments, peer, pattern, rounds ?? 5, busy);
    }
}
