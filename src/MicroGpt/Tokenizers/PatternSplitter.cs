using System.Buffers;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Cuts a text by any regular expression that <see cref="PatternParser"/> reads, by trying and going back. What no match covers is
/// a piece too. It is some ten times slower than the splitters written by hand, which are compared with it.
/// </summary>
internal sealed class PatternSplitter(string pattern) : Splitter
{
    private readonly IReadOnlyList<PatternNode?> _ways = PatternParser.Parse(pattern);

    public override string Pattern => pattern;

    public override int Next(ReadOnlySpan<byte> utf8, int start)
    {
        var end = MatchAny(_ways, utf8, start);
        if (end > start)
            return end;
        for (end = start + Length(utf8, start); end < utf8.Length && MatchAny(_ways, utf8, end) <= end;)
            end += Length(utf8, end);
        return end;
    }

    private static int MatchAny(IReadOnlyList<PatternNode?> ways, ReadOnlySpan<byte> utf8, int at)
    {
        foreach (var way in ways)
            if (Match(way, utf8, at) is >= 0 and var end)
                return end;
        return -1;
    }

    /// <summary>Where a match that starts here ends, or −1.</summary>
    private static int Match(PatternNode? node, ReadOnlySpan<byte> utf8, int at)
    {
        while (node is not null)
        {
            switch (node)
            {
                case PatternNode.Run run:
                    var start = at;
                    var count = 0;
                    for (; count < run.Most && at < utf8.Length && run.Set.Contains(Read(utf8, at, out var length)); count++)
                        at += length;
                    if (count < run.Least)
                        return -1;
                    if (!run.Possessive && count > run.Least && run.Next is not null)
                        return MatchBehind(run, utf8, start, at, count);
                    break;
                case PatternNode.Choice choice:
                    return MatchAny(choice.Ways, utf8, at);
                case PatternNode.Atomic atomic:
                    if ((at = MatchAny(atomic.Ways, utf8, at)) < 0)
                        return -1;
                    break;
                case PatternNode.Look look:
                    if (MatchAny(look.Ways, utf8, at) >= 0 == look.Negative)
                        return -1;
                    break;
                case PatternNode.End:
                    if (at != utf8.Length)
                        return -1;
                    break;
            }

            node = node.Next;
        }

        return at;
    }

    /// <summary>The rest behind a run of as many characters as can be, then of one less, and so on.</summary>
    private static int MatchBehind(PatternNode.Run run, ReadOnlySpan<byte> utf8, int start, int at, int count)
    {
        for (; ; count--)
        {
            if (Match(run.Next, utf8, at) is >= 0 and var end)
                return end;
            if (count == run.Least)
                return -1;
            at -= Rune.DecodeLastFromUtf8(utf8[start..at], out _, out var length) == OperationStatus.Done ? length : 1;
        }
    }

    private static int Read(ReadOnlySpan<byte> utf8, int at, out int length)
    {
        if (Rune.DecodeFromUtf8(utf8[at..], out var rune, out length) == OperationStatus.Done)
            return rune.Value;
        length = 1;
        return -1;
    }

    private static int Length(ReadOnlySpan<byte> utf8, int at)
    {
        Read(utf8, at, out var length);
        return length;
    }
}
